"""Tests of a difference: between paired answers, between two samples, and for equivalence."""

import math
from collections.abc import Sequence

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


def mann_whitney(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Return the two-sided p-value of Mann and Whitney's test: both samples come from one distribution.

    Both are arrays of rounds in one unit, shapes (n,) and (m,). It compares ranks, so one outlier counts as one round
    (Mann and Whitney 1947; scipy's `mannwhitneyu`, exact for small samples without ties, else normal with a correction
    for ties). Samples that hold one number only give 1. Raises ValueError where one is empty or not finite.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.size == 0 or b.size == 0 or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("two samples need finite numbers, at least 1 a side")
    return float(scipy.stats.mannwhitneyu(a, b, alternative="two-sided").pvalue)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return the p-values corrected for being so many, in their order (Holm 1979; statsmodels' `multipletests`).

    Calling significant what is then below alpha lets chance in with a probability of at most alpha for all tests
    together, whatever their dependence. Raises ValueError for what is no probability.
    """
    if not all(0.0 <= p <= 1.0 for p in p_values):
        raise ValueError(f"p-values lie in [0, 1]: {list(p_values)}")
    if len(p_values) < 2:
        return tuple(p_values)
    # Imported here: statsmodels brings pandas along, which nothing else in a check needs.
    from statsmodels.stats.multitest import multipletests

    _, corrected, _, _ = multipletests(p_values, method="holm")
    return tuple(float(p) for p in corrected)


def share_lost_beyond(lost: int, gained: int, cases: int, margin: float) -> float:
    """Return Tango's score statistic of the share of cases lost on balance against `margin`, both from -1 to 1.

    `lost` counts the cases that the first result has right and the second one wrong, `gained` the reverse, of `cases`
    in all. The statistic is standard normal where the true share lost, less the share gained, is `margin`: far below 0
    where less is lost, far above where more is. It needs no discordant case, since its variance is that under the
    margin (Tango 1998, "Equivalence test and confidence interval for the difference in proportions for the
    paired-sample design"). Raises ValueError for counts that cannot be or a margin outside (-1, 1).
    """
    if min(lost, gained) < 0 or lost + gained > cases or cases < 1 or not -1.0 < margin < 1.0:
        raise ValueError(f"{lost} lost and {gained} gained of {cases}, margin {margin}: no paired shares")
    if margin < 0.0:  # the same question from the other side
        return -share_lost_beyond(gained, lost, cases, -margin)
    # The most likely share gained where the share lost is larger by `margin`: the positive root of a x^2 + b x + c.
    a = 2.0 * cases
    b = -lost - gained + (2.0 * cases - lost + gained) * margin
    c = -gained * margin * (1.0 - margin)
    share = (math.sqrt(max(0.0, b * b - 4.0 * a * c)) - b) / (2.0 * a)
    variance = cases * (2.0 * share + margin * (1.0 - margin))
    away = lost - gained - cases * margin
    return away / math.sqrt(variance) if variance > 0.0 else 0.0  # no margin, and no case on which both differ


def mean_beyond(differences: npt.ArrayLike, margin: float) -> float:
    """Return the t statistic of the mean of n paired differences, shape (n,), against `margin`, as a normal quantile.

    Far below 0 where the mean is less. Equal differences, and a single one, have no spread and are as far from `margin`
    as can be, on their side. Raises ValueError where there is none, or one is not finite.
    """
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise ValueError("paired results need finite differences, at least 1")
    away = float(values.mean()) - margin
    spread = 0.0 if values.size == 1 else float(values.std(ddof=1)) / math.sqrt(values.size)
    if spread == 0.0:
        return 0.0 if away == 0.0 else math.copysign(math.inf, away)
    tail = float(scipy.special.stdtr(values.size - 1, -abs(away) / spread))
    return math.copysign(-float(scipy.special.ndtri(tail)), away)
