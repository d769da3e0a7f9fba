"""Confidence intervals: Wilson's for a share, the bootstrap for everything else.

All bootstraps draw from a generator with a fixed seed, so that the same numbers give the same interval, and work in
batches, so that memory stays bounded however many numbers there are.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.stats

__all__ = ["Interval", "bootstrap_mean", "bootstrap_median", "bootstrap_statistic", "wilson"]

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
    method: Literal["percentile", "basic"] = "percentile",
) -> Interval:
    """Return the bootstrap interval of a statistic of n cases, which are drawn whole (the columns stay paired).

    `columns` are arrays of shape (n,), one for each property of a case. `statistic` takes as many arrays of shape
    (..., n) and reduces the last axis. "basic" reflects the bootstrap distribution about the value, which corrects the
    bias of a statistic that noise can only raise. One case, or n equal ones, give the value as both ends.
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
        method=method,
        rng=np.random.default_rng(_SEED),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
