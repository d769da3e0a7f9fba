"""Confidence intervals: Wilson's for a share, order statistics for a quantile, the bootstrap for means and medians.

All bootstraps draw from a generator with a fixed seed, so that the same numbers give the same interval, and work in
batches, so that memory stays bounded however many numbers there are.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.stats

Interval: TypeAlias = tuple[float, float]
"""The low and the high end, in the unit of the numbers."""

_SEED = 0
_MOST_RESAMPLES = 9_999
_FEWEST_RESAMPLES = 999
_DRAWS = 20_000_000
"""Drawn numbers in all, which decides how many resamples a long series gets."""
_DRAWS_AT_ONCE = 500_000
"""Drawn numbers held in memory: about 4 MB of indices and as much of values."""


def wilson(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of the share `successes / trials`, both ends within [0, 1].

    Raises ValueError where there is no trial, or more successes than trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials are no share")
    found = scipy.stats.binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return max(0.0, float(found.low)), min(1.0, float(found.high))


def quantile_interval(rounds: npt.ArrayLike, share: float, *, confidence: float = 0.95) -> Interval | None:
    """Return an interval of the quantile below which `share` of all values lie, from order statistics.

    `rounds` has shape (rounds, values of a round). Of n independent values of any distribution the number below the
    quantile is binomial, so that two order statistics enclose it with a known probability; taken are the two nearest
    ranks for which that is at least `confidence` (Hahn and Meeker, "Statistical Intervals", 1991, chapter 5). Values of
    a round resemble each other, so n is what they are worth, see `independent_values`. None where even the least and
    the greatest value do not enclose it so surely: the 99th percentile takes 299 values.
    Raises ValueError where there is no value, or one is not finite.
    """
    values = np.sort(_checked_rounds(rounds), axis=None)
    count = independent_values(rounds, share)
    below = scipy.stats.binom.cdf(np.arange(-1, count), count, share)  # P(at most k below), from k = -1
    # The value of rank r (from 1) lies above the quantile where at most r - 1 values are below it.
    upper = np.searchsorted(below, below[1:] + confidence)
    lower = np.arange(1, len(upper) + 1)
    is_there = upper <= count
    if not is_there.any():
        return None
    lower, upper = lower[is_there], upper[is_there]
    best = int(np.argmin(upper - lower))
    # Of values that come in groups of equal ones, a group's first and last.
    low, past = (lower[best] - 1) * values.size // count, -(-upper[best] * values.size // count)
    return float(values[low]), float(values[past - 1])


def least_for_quantile(share: float, *, confidence: float = 0.95) -> int:
    """Return how many independent values it takes until any two of them enclose a quantile so surely."""
    count = 2
    while 1.0 - share**count - (1.0 - share) ** count < confidence:
        count += 1
    return count


def independent_values(rounds: npt.ArrayLike, share: float) -> int:
    """Return how many independent values those of `rounds`, shape (rounds, values), are worth for a quantile.

    The number of a round's values beyond the quantile varies more from round to round where they resemble each other;
    by how much more is the design effect, by which their number is divided (Woodruff, "Confidence Intervals for Medians
    and Other Position Measures", JASA 1952). In a tail few values tell it, so that of the median counts where it is
    greater. Raises ValueError where there is no value, or one is not finite.
    """
    values = _checked_rounds(rounds)
    effect = max(_design_effect(values, 0.5), _design_effect(values, share))
    return max(1, int(values.size / effect + 1e-9))


def _design_effect(values: npt.NDArray[np.float64], share: float) -> float:
    """Return how much more the rounds' shares of values below a quantile vary than those of independent values."""
    is_below = values <= np.quantile(values, share)
    if len(values) < 2 or is_below.all():
        return 1.0
    alone = is_below.var(ddof=1) / values.shape[1]
    return max(1.0, float(is_below.mean(axis=1).var(ddof=1) / alone))


def _checked_rounds(rounds: npt.ArrayLike) -> npt.NDArray[np.float64]:
    values = np.asarray(rounds, dtype=np.float64)
    if values.ndim != 2 or values.size == 0 or not np.isfinite(values).all():
        raise ValueError("an interval needs finite numbers in rounds of one length, at least 1")
    return values


def bootstrap_mean(values: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the percentile bootstrap interval of the mean. Raises ValueError, see `bootstrap_statistic`."""
    return bootstrap_statistic([values], lambda drawn: np.mean(drawn, axis=-1), confidence=confidence)


def bootstrap_median(values: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the percentile bootstrap interval of the median. Raises ValueError, see `bootstrap_statistic`."""
    return bootstrap_statistic([values], lambda drawn: np.median(drawn, axis=-1), confidence=confidence)


def bootstrap_statistic(
    columns: Sequence[npt.ArrayLike],
    statistic: Callable[..., Any],
    *,
    confidence: float = 0.95,
) -> Interval:
    """Return the percentile bootstrap interval of a statistic of n cases, drawn whole: the columns stay paired.

    `columns` are arrays of shape (n,), one for each property of a case. `statistic` takes as many arrays of shape
    (..., n) and reduces the last axis. One case, or n equal ones, give the value as both ends. A resample never leaves
    the range of the cases, so this is no interval for a tail: see `quantile_interval`.
    Raises ValueError where there is no case, the columns differ in length, or a number is not finite.
    """
    cases = [np.asarray(column) for column in columns]
    count = cases[0].size
    if count == 0 or any(column.shape != (count,) for column in cases):
        raise ValueError(f"an interval needs columns of one length, at least 1, not {[c.shape for c in cases]}")
    if not all(np.isfinite(column).all() for column in cases):
        raise ValueError("an interval needs finite numbers")
    if all((column == column[0]).all() for column in cases):
        value = float(statistic(*cases))
        return value, value

    def along_last(*drawn: npt.NDArray[Any], axis: int) -> object:  # noqa: ARG001 - scipy names the axis: the last one
        return statistic(*drawn)

    found = scipy.stats.bootstrap(
        cases,
        along_last,
        n_resamples=max(_FEWEST_RESAMPLES, min(_MOST_RESAMPLES, _DRAWS // count)),
        batch=max(1, _DRAWS_AT_ONCE // count),
        vectorized=True,
        paired=True,
        axis=-1,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


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
