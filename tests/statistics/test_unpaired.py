"""The rank test agrees with enumerating all orders, Holm's correction with its definition."""

from itertools import combinations, product

import numpy as np
import pytest
import scipy.stats
from statsmodels.stats.nonparametric import rank_compare_2indep

from pwc_bench.statistics import holm, mann_whitney


def _by_enumeration(first: list[float], second: list[float]) -> float:
    """Return the share of all ways to split the numbers whose U lies at least as far from its middle as this one."""
    pooled, n = first + second, len(first)
    middle = n * len(second) / 2

    def distance(chosen: tuple[int, ...]) -> float:
        a = [pooled[i] for i in chosen]
        b = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        return abs(sum((x > y) + 0.5 * (x == y) for x, y in product(a, b)) - middle)

    own = distance(tuple(range(n)))
    splits = list(combinations(range(len(pooled)), n))
    return sum(distance(chosen) >= own for chosen in splits) / len(splits)


@pytest.mark.parametrize("seed", range(5))
def test_mann_whitney_equals_enumeration(seed: int) -> None:
    """For small samples it is exact."""
    generator = np.random.default_rng(seed)
    a, b = generator.normal(0.0, 1.0, 5).tolist(), generator.normal(0.8, 1.0, 6).tolist()
    assert mann_whitney(a, b) == pytest.approx(_by_enumeration(a, b))


def test_mann_whitney_of_twenty_rounds_agrees_with_the_exact_distribution_and_with_statsmodels() -> None:
    """The normal form is off by little where it matters, near 1 %."""
    generator = np.random.default_rng(3)
    for shift in (0.5, 0.8, 1.0):
        a, b = generator.normal(0.0, 1.0, 20), generator.normal(shift, 1.0, 20)
        exact = scipy.stats.mannwhitneyu(a, b, method="exact").pvalue
        assert mann_whitney(a, b) == pytest.approx(exact, rel=0.15, abs=0.001)
        # Brunner and Munzel's test of the same thing, which does not suppose equal spreads.
        assert mann_whitney(a, b) == pytest.approx(rank_compare_2indep(a, b).pvalue, rel=0.5, abs=0.02)


def test_mann_whitney_counts_an_outlier_once() -> None:
    """How far out it lies makes no difference."""
    a, b = [10.0, 11.0, 12.0, 13.0, 14.0], [10.5, 11.5, 12.5, 13.5]
    assert mann_whitney(a, [*b, 1e9]) == mann_whitney(a, [*b, 15.0])


def test_equal_rounds_do_not_differ() -> None:
    """Without a warning for the spread that there is not (warnings are errors here)."""
    assert mann_whitney([3.0] * 20, [3.0] * 20) == 1.0
    assert mann_whitney([3.0] * 20, [4.0] * 20) < 1e-6


@pytest.mark.parametrize(("first", "second"), [([], [1.0]), ([1.0], []), ([float("nan")], [1.0]), ([1.0], [np.inf])])
def test_empty_and_broken_samples_are_refused(first: list[float], second: list[float]) -> None:
    """NaN never becomes a p-value."""
    with pytest.raises(ValueError, match=r"^two samples need finite numbers, at least 1 a side$"):
        mann_whitney(first, second)


def _holm_by_closed_testing(p_values: list[float]) -> list[float]:
    """Return, for each test, the greatest Bonferroni p-value over all sets of tests that hold it."""
    tests = range(len(p_values))
    sets = [chosen for size in range(1, len(p_values) + 1) for chosen in combinations(tests, size)]
    corrected = {chosen: min(1.0, len(chosen) * min(p_values[i] for i in chosen)) for chosen in sets}
    return [max(corrected[chosen] for chosen in sets if test in chosen) for test in tests]


@pytest.mark.parametrize(
    "p_values", [[0.01, 0.04], [0.04, 0.001, 0.03, 0.5, 1.0, 0.2], [0.0, 0.0, 1.0], [0.01] * 6, [0.3, 0.02, 0.02]]
)
def test_holm_is_the_closed_test_of_bonferroni(p_values: list[float]) -> None:
    """Which is how it is derived; the order of the tests stays."""
    assert holm(p_values) == pytest.approx(_holm_by_closed_testing(p_values))


def test_holm_of_one_test_or_none_changes_nothing() -> None:
    """There is nothing to correct for."""
    assert holm([]) == ()
    assert holm([0.03]) == (0.03,)


@pytest.mark.parametrize("p_value", [-0.1, 1.1, float("nan")])
def test_holm_refuses_what_is_no_probability(p_value: float) -> None:
    """NaN is not below any limit, and must not look like a pass."""
    with pytest.raises(ValueError, match=r"^p-values lie in \[0, 1\]: "):
        holm([0.5, p_value])
