"""Two results for the same images: McNemar's exact test, and the mean of paired differences."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.stats

from pwc_bench.statistics.intervals import Interval, bootstrap_mean

__all__ = ["PairedMean", "mcnemar_exact", "paired_bootstrap", "paired_mean"]

_MOST_BLOCKS = 500
"""Means of so many groups of cases stand for the cases in a paired bootstrap."""


def mcnemar_exact(lost: int, gained: int) -> float:
    """Return the two-sided p-value of McNemar's exact test.

    `lost` counts the cases that the first result has right and the second one wrong, `gained` the reverse. Where both
    are equally good, either kind is as likely, so `lost` is binomial with p = 1/2 (McNemar 1947; exact form: scipy's
    `binomtest`). Cases on which both agree say nothing and do not enter. No discordant case gives 1.
    Raises ValueError for a negative count.
    """
    if lost < 0 or gained < 0:
        raise ValueError(f"counts of discordant cases are not negative: {lost}, {gained}")
    if lost + gained == 0:
        return 1.0
    return float(scipy.stats.binomtest(lost, lost + gained, 0.5).pvalue)


@dataclass(frozen=True, slots=True)
class PairedMean:
    """The mean of differences between two results for the same cases."""

    mean: float
    """In the unit of the differences."""
    interval: Interval
    """The 95 % interval of the mean, from a paired bootstrap."""
    p_value: float
    """Two-sided, of the hypothesis that the mean is 0: Student's paired t-test (scipy's `ttest_1samp`)."""


def paired_mean(differences: npt.ArrayLike) -> PairedMean:
    """Return the mean of n paired differences, shape (n,), its bootstrap interval and whether it can be chance.

    The p-value is the paired t-test's and not counted from resamples, of which Holm's correction over many variants
    would need a hundred thousand. One case has no spread: its p-value is 1. Equal differences have p-value 1 where
    they are 0, else 0. Raises ValueError where there is none, or one is not finite.
    """
    values = np.asarray(differences, dtype=np.float64)
    interval = paired_bootstrap(values)
    mean = float(values.mean())
    if values.size == 1:
        p_value = 1.0
    elif (values == values[0]).all():
        p_value = float(mean == 0.0)
    else:
        p_value = float(scipy.stats.ttest_1samp(values, 0.0).pvalue)
    return PairedMean(mean, interval, p_value)


def paired_bootstrap(differences: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the bootstrap interval of the mean of n paired differences, shape (n,): a case is drawn with both results.

    More than 500 cases are first put into 500 groups, dealt out like cards, whose means are drawn instead: their
    mean spreads as that of the cases does (the central limit theorem at work), and a check of many variants stays
    fast. Raises ValueError where there is none, or one is not finite.
    """
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise ValueError("an interval needs finite differences, at least 1")
    if values.size <= _MOST_BLOCKS:
        return bootstrap_mean(values, confidence=confidence)
    group = np.arange(values.size) % _MOST_BLOCKS
    sums = np.bincount(group, weights=values - values.mean(), minlength=_MOST_BLOCKS)
    low, high = bootstrap_mean(sums * (_MOST_BLOCKS / values.size), confidence=confidence)
    return float(values.mean()) + low, float(values.mean()) + high
