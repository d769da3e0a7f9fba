"""How far two sets of runs lie apart, measured by how far runs of one and the same model lie apart."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.special

LEAST_RUNS = 3
"""So many runs of the baseline say themselves how far runs drift; with fewer, a stated drift is assumed."""
_POWER = 0.95


@dataclass(frozen=True, slots=True)
class Shift:
    """The level of the second runs against that of the first ones."""

    ratio: float
    """The second level over the first."""
    p_value: float
    """Two-sided: how often runs of one and the same model lie so far apart."""
    drift: float
    """The standard deviation of a run's level, as a share of it: 0.02 for 2 %."""
    degrees: int | None
    """The degrees of freedom of an estimated drift; None for an assumed one."""
    spread: float
    """The standard deviation of the logarithm of `ratio` where nothing changed."""

    def visible_loss(self, significance: float) -> float:
        """Return the share of the level that must be lost to be found 95 times in 100 at a two-sided `significance`."""
        if self.degrees is None:
            least, power = -scipy.special.ndtri(significance / 2.0), scipy.special.ndtri(_POWER)
        else:
            least = -scipy.special.stdtrit(self.degrees, significance / 2.0)
            power = scipy.special.stdtrit(self.degrees, _POWER)
        return -math.expm1(-float(least + power) * self.spread)


def shift_between_runs(first: npt.ArrayLike, second: npt.ArrayLike, assumed_drift: float) -> Shift:
    """Compare the levels of runs, one positive number a run, on the scale of their logarithms.

    A run's level is the median of its rounds. Rounds of one run share whatever the machine was doing that day, so they
    say nothing about another day: the unit of repetition is the run. From LEAST_RUNS first ones on, the spread of the
    levels within each side is the drift, pooled, and the test is Student's with the degrees of freedom that are there
    (Student 1908). Below that it is `assumed_drift`, or what the second runs show where that is more, and the
    test is normal. Raises ValueError where a side has no run or a level is not positive and finite.
    """
    sides = [np.asarray(side, dtype=np.float64) for side in (first, second)]
    if any(side.size == 0 or not (np.isfinite(side).all() and (side > 0.0).all()) for side in sides):
        raise ValueError("a shift needs positive levels, at least one a side")
    logs = [np.log(side) for side in sides]
    squares = sum(float(((side - side.mean()) ** 2).sum()) for side in logs)
    degrees: int | None = logs[0].size + logs[1].size - 2
    drift = math.sqrt(squares / degrees) if degrees else 0.0
    if logs[0].size < LEAST_RUNS:
        degrees, drift = None, max(assumed_drift, drift)
    moved = float(logs[1].mean() - logs[0].mean())
    spread = drift * math.sqrt(1.0 / logs[0].size + 1.0 / logs[1].size)
    return Shift(math.exp(moved), _two_sided(moved, spread, degrees), drift, degrees, spread)


def _two_sided(moved: float, spread: float, degrees: int | None) -> float:
    if spread <= 0.0:
        return float(moved == 0.0)
    distance = abs(moved) / spread
    tail = scipy.special.ndtr(-distance) if degrees is None else scipy.special.stdtr(degrees, -distance)
    return min(1.0, 2.0 * float(tail))
