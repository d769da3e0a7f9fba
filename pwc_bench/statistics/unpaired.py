"""Two samples of rounds, and many tests at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.stats


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
