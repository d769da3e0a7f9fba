"""How many times as fast: the ratio of two medians, with an interval from the rounds behind them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.stats

from pwc_bench.statistics.intervals import Interval

_SEED = 0
_RESAMPLES = 4_999


def ratio_of_medians(above: npt.ArrayLike, below: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[float, Interval]:
    """Return median(above) / median(below) and its percentile bootstrap interval.

    Both are one-dimensional, positive and finite, of any lengths: the rounds of each are drawn by themselves, which is
    the wider interval where the two were timed side by side. Raises ValueError where a side has no round, or a number
    that is no speed.
    """
    rounds = [np.asarray(side, dtype=float) for side in (above, below)]
    if any(side.ndim != 1 or side.size == 0 for side in rounds):
        raise ValueError("a ratio needs at least one round on each side")
    if not all(np.isfinite(side).all() and (side > 0).all() for side in rounds):
        raise ValueError("a ratio needs finite positive speeds")
    value = _ratio(rounds[0], rounds[1])
    if all((side == side[0]).all() for side in rounds):
        return float(value), (float(value), float(value))
    found = scipy.stats.bootstrap(
        rounds,
        _ratio,
        n_resamples=_RESAMPLES,
        vectorized=True,
        paired=False,
        axis=-1,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    )
    return float(value), (float(found.confidence_interval.low), float(found.confidence_interval.high))


def _ratio(above: npt.NDArray[Any], below: npt.NDArray[Any], axis: int = -1) -> Any:  # noqa: ANN401 - a number or many
    return np.median(above, axis=axis) / np.median(below, axis=axis)
