"""The reliability diagram of a classifier, and its expected calibration error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pwc_bench.statistics.intervals import Interval, bootstrap_statistic

__all__ = ["Bin", "Reliability", "reliability"]


@dataclass(frozen=True, slots=True)
class Bin:
    """The images whose confidence lies in (low, high]; the lowest bin holds 0 as well."""

    low: float
    high: float
    images: int
    confidence: float | None
    """Their mean confidence, None where there is no image."""
    accuracy: float | None
    """The share of them that is right, None where there is no image."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins of a reliability diagram with the error that they show."""

    bins: tuple[Bin, ...]
    error: float
    """The expected calibration error, from 0 to 1."""
    interval: Interval
    """Its 95 % interval."""


def reliability(confidence: npt.ArrayLike, hit: npt.ArrayLike, bins: int) -> Reliability:
    """Return the reliability diagram of n guesses with probabilities `confidence`, right where `hit`, in equal bins.

    Both are arrays of shape (n,). Raises ValueError where n is 0 or a confidence is not finite.
    """
    probability = np.asarray(confidence, dtype=np.float64)
    right = np.asarray(hit, dtype=np.float64)
    if probability.size == 0 or not np.isfinite(probability).all():
        raise ValueError("a reliability diagram needs at least one guess, and finite confidences")
    place = np.clip(np.ceil(probability * bins).astype(np.int64) - 1, 0, bins - 1)
    gap = right - probability

    error = float(_error_of(bins)(place, gap))
    low, high = bootstrap_statistic([place, gap], _error_of(bins), method="basic")
    # Resampling adds chance to chance, so a small error may lie outside its own corrected interval: hold it.
    interval = (max(0.0, min(low, error)), min(1.0, max(high, error)))
    found = tuple(_bin(i, bins, probability[place == i], right[place == i]) for i in range(bins))
    return Reliability(found, error, interval)


def _bin(index: int, bins: int, confidence: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> Bin:
    low, high = index / bins, (index + 1) / bins
    if confidence.size == 0:
        return Bin(low, high, 0, None, None)
    return Bin(low, high, int(confidence.size), float(confidence.mean()), float(right.mean()))


def _error_of(bins: int) -> Callable[..., npt.NDArray[np.float64]]:
    """Return the error as a function of bins and gaps of shape (..., n): sum over bins of |sum of gaps|, over n."""

    def error(place: npt.NDArray[Any], gap: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        rows = place.reshape(-1, place.shape[-1])
        offsets = rows + bins * np.arange(len(rows))[:, None]
        sums = np.bincount(offsets.ravel(), weights=gap.ravel(), minlength=bins * len(rows))
        total = np.abs(sums.reshape(len(rows), bins)).sum(axis=-1) / place.shape[-1]
        return np.asarray(total.reshape(place.shape[:-1]))

    return error
