"""Two results for the same images: McNemar's exact test, and the mean of paired differences."""

import numpy as np
import numpy.typing as npt
import scipy.special
import scipy.stats

from pwc_bench.statistics.intervals import Interval, bootstrap_mean

_MOST_BLOCKS = 500
"""Means of so many groups of cases stand for the cases in a paired bootstrap."""


def mcnemar_exact(lost: int, gained: int) -> float:
    """Return the two-sided p-value of McNemar's exact test.

    `lost` counts the cases that the first result has right and the second one wrong, `gained` the reverse. Where both
    are equally good, either kind is as likely, so the rarer one is binomial with p = 1/2, and the p-value is twice its
    lower tail (McNemar 1947; scipy's `bdtr`). Cases on which both agree say nothing and do not enter. No discordant
    case gives 1.
    Raises ValueError for a negative count.
    """
    if lost < 0 or gained < 0:
        raise ValueError(f"counts of discordant cases are not negative: {lost}, {gained}")
    if lost + gained == 0:
        return 1.0
    return min(1.0, 2.0 * float(scipy.special.bdtr(min(lost, gained), lost + gained, 0.5)))


def paired_t(differences: npt.ArrayLike) -> float:
    """Return the two-sided p-value of the paired t-test that the mean of n differences, shape (n,), is 0.

    Student 1908, scipy's `ttest_1samp`; for many cases the differences need not be normal. One case has no spread, so
    its p-value is 1; equal differences give 1 where they are 0, else 0. Raises ValueError where there is none, or one
    is not finite.
    """
    values = _checked(differences)
    if values.size == 1:
        return 1.0
    if (values == values[0]).all():
        return float(values[0] == 0.0)
    return float(scipy.stats.ttest_1samp(values, 0.0).pvalue)


def paired_bootstrap(differences: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the bootstrap interval of the mean of n paired differences, shape (n,): a case is drawn with both results.

    More than 500 cases are first put into 500 groups, dealt out like cards, whose means are drawn instead: their
    mean spreads as that of the cases does (the central limit theorem at work), and a check of many variants stays
    fast. Raises ValueError where there is none, or one is not finite.
    """
    values = _checked(differences)
    if values.size <= _MOST_BLOCKS:
        return bootstrap_mean(values, confidence=confidence)
    group = np.arange(values.size) % _MOST_BLOCKS
    sums = np.bincount(group, weights=values - values.mean(), minlength=_MOST_BLOCKS)
    low, high = bootstrap_mean(sums * (_MOST_BLOCKS / values.size), confidence=confidence)
    return float(values.mean()) + low, float(values.mean()) + high


def _checked(differences: npt.ArrayLike) -> npt.NDArray[np.float64]:
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise ValueError("paired results need finite differences, at least 1")
    return values
