"""The reliability diagram of a classifier, and its expected calibration error."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.stats

from pwc_bench.statistics.intervals import Interval

_SEED = 0
_DRAWS = 10_000
_TAIL = 0.025

Floats = npt.NDArray[np.float64]


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
    binned: float
    """The mean distance of the bins' accuracies from their confidences as it stands, from 0 to 1: chance alone makes it
    greater than 0."""
    error: float
    """The expected calibration error: the same without what chance adds to it, as far as that can be told."""
    interval: Interval
    """The 95 % interval of the error that these bins would show of endlessly many guesses."""


def reliability(confidence: npt.ArrayLike, hit: npt.ArrayLike, bins: int) -> Reliability:
    """Return the reliability diagram of n guesses with probabilities `confidence`, right where `hit`, in equal bins.

    Both are arrays of shape (n,). Raises ValueError where n is 0 or a confidence is not finite.
    """
    probability = np.asarray(confidence, dtype=np.float64)
    right = np.asarray(hit, dtype=np.float64)
    if probability.size == 0 or not np.isfinite(probability).all():
        raise ValueError("a reliability diagram needs at least one guess, and finite confidences")
    place = np.clip(np.ceil(probability * bins).astype(np.int64) - 1, 0, bins - 1)
    gaps = _Gaps.of(place, probability, right, bins)
    found = tuple(_bin(i, bins, probability[place == i], right[place == i]) for i in range(bins))
    return Reliability(found, gaps.binned_error, gaps.corrected_error, gaps.interval)


@dataclass(frozen=True, slots=True)
class _Gaps:
    """How far accuracy lies from confidence, by bin; arrays of shape (bins,)."""

    images: int
    share: Floats
    """Of all guesses, in the bin."""
    gap: Floats
    """Accuracy minus mean confidence; 0 in an empty bin."""
    variance: Floats
    """Of a single guess's hit. Two hits and two misses are added, so that a few equal guesses do not seem certain
    (Agresti and Coull 1998)."""

    @classmethod
    def of(cls, place: npt.NDArray[np.int64], probability: Floats, right: Floats, bins: int) -> "_Gaps":
        count = np.bincount(place, minlength=bins).astype(np.float64)
        hits = np.bincount(place, weights=right, minlength=bins)
        excess = np.bincount(place, weights=right - probability, minlength=bins)
        rate = (hits + 2.0) / (count + 4.0)
        return cls(len(place), count / len(place), excess / np.maximum(count, 1.0), rate * (1.0 - rate))

    @property
    def binned_error(self) -> float:
        return float(self.share @ np.abs(self.gap))

    @property
    def corrected_error(self) -> float:
        """Return the error without what chance is expected to add, were the gaps the true ones.

        Noise makes a mean distance greater: that of a normal gap is its folded normal's mean (Kumar, Liang and Ma,
        "Verified Uncertainty Calibration", NeurIPS 2019). Of a calibrated model it leaves about 60 % of what chance
        shows, of one that is off by more than its noise nothing.
        """
        filled = self.share > 0.0
        error = np.sqrt(self.variance[filled] / (self.share[filled] * self.images))
        distance = np.abs(self.gap[filled])
        added = scipy.stats.foldnorm.mean(distance / error, scale=error) - distance
        return max(0.0, self.binned_error - float(self.share[filled] @ added))

    @property
    def interval(self) -> Interval:
        """Return a 95 % interval that holds whatever the true gaps are, for calibrated models too.

        Of the true error, what is shown differs by at most the sum of the bins' |noise| (triangle inequality), which
        bounds it below; and what is shown is at least the sum of the gaps with the true ones' signs, an unbiased mean,
        which bounds it above. So it is too wide rather than too narrow.
        """
        squares = self.variance + self.gap**2
        noise = np.sqrt(self.share * (squares - self.share * self.gap**2) / self.images)
        drawn = np.abs(np.random.default_rng(_SEED).standard_normal((_DRAWS, len(noise)))) @ noise
        shown = self.binned_error
        spread = np.sqrt(max(0.0, float(self.share @ squares) - shown**2) / self.images)
        low = shown - float(np.quantile(drawn, 1.0 - _TAIL))
        return max(0.0, low), min(1.0, shown + float(scipy.stats.norm.isf(_TAIL) * spread))


def _bin(index: int, bins: int, confidence: Floats, right: Floats) -> Bin:
    low, high = index / bins, (index + 1) / bins
    if confidence.size == 0:
        return Bin(low, high, 0, None, None)
    return Bin(low, high, int(confidence.size), float(confidence.mean()), float(right.mean()))
