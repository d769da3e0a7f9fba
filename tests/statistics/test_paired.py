"""Paired tests agree with statsmodels, with counting by hand, and with the theory."""

from math import comb

import numpy as np
import pytest
import scipy.stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.weightstats import DescrStatsW

from pwc_bench.statistics import bootstrap_mean, mcnemar_exact, paired_bootstrap, paired_t


def _by_counting(lost: int, gained: int) -> float:
    """Add up, in whole numbers, the ways to deal out the discordant cases that are no likelier than this one."""
    total = lost + gained
    ways = [comb(total, k) for k in range(total + 1)]
    extreme: int = sum(w for w in ways if w <= ways[lost])
    return extreme / 2.0**total


@pytest.mark.parametrize("total", [1, 2, 5, 10, 31])
def test_mcnemar_equals_counting_all_outcomes(total: int) -> None:
    """For every split of the discordant cases."""
    for lost in range(total + 1):
        assert mcnemar_exact(lost, total - lost) == pytest.approx(_by_counting(lost, total - lost), rel=1e-12)


@pytest.mark.parametrize(("lost", "gained"), [(0, 5), (40, 12), (12, 40), (260, 240), (575, 425), (1_000, 700)])
def test_mcnemar_agrees_with_statsmodels(lost: int, gained: int) -> None:
    """Whatever the concordant cases are."""
    other = mcnemar([[30_000, lost], [gained, 20_000 - lost - gained]], exact=True).pvalue
    assert mcnemar_exact(lost, gained) == pytest.approx(other, rel=1e-9)


def test_mcnemar_has_the_known_value() -> None:
    """1 lost and 9 gained: p = 2 x (1 + 10) / 1024."""
    assert mcnemar_exact(1, 9) == pytest.approx(22 / 1024)


def test_mcnemar_without_discordant_cases_finds_nothing() -> None:
    """Two equal results differ by nothing."""
    assert mcnemar_exact(0, 0) == 1.0


def test_mcnemar_refuses_negative_counts() -> None:
    """There are not fewer than no images."""
    for lost, gained in ((-1, 3), (3, -1)):
        with pytest.raises(ValueError, match=f"counts of discordant cases are not negative: {lost}, {gained}"):
            mcnemar_exact(lost, gained)


@pytest.mark.parametrize("count", [2, 7, 900, 50_000])
def test_the_paired_test_agrees_with_statsmodels(count: int) -> None:
    """And the bootstrap's interval is close to Student's where there are many cases."""
    values = np.random.default_rng(count).normal(0.01, 0.5, count)
    other = DescrStatsW(values)
    assert paired_t(values) == pytest.approx(other.ttest_mean(0.0)[1], rel=1e-9)
    if count >= 900:
        assert paired_bootstrap(values) == pytest.approx(other.tconfint_mean(0.05), abs=0.2 * other.std_mean)


@pytest.mark.parametrize("count", [501, 700, 4_000])
def test_the_grouped_bootstrap_agrees_with_drawing_each_case(count: int) -> None:
    """Also where most differences are 0 and few are large, as between two runs of one model."""
    generator = np.random.default_rng(count)
    values = np.where(generator.random(count) < 0.05, generator.exponential(1.0, count), 0.0)
    drawn = [generator.choice(values, count).mean() for _ in range(4_000)]
    error = values.std() / np.sqrt(count)
    assert paired_bootstrap(values) == pytest.approx(tuple(np.percentile(drawn, (2.5, 97.5))), abs=0.3 * error)


def test_the_grouped_bootstrap_covers_the_truth_as_often_as_it_says() -> None:
    """95 of 100 intervals hold the true mean, within what 100 trials can tell."""
    generator = np.random.default_rng(1)
    intervals = [paired_bootstrap(generator.normal(0.3, 1.0, 2_000)) for _ in range(100)]
    held = sum(low <= 0.3 <= high for low, high in intervals)
    assert scipy.stats.binomtest(held, 100, 0.95).pvalue > 0.001


def test_equal_differences_leave_no_doubt() -> None:
    """All 0: no change. All the same loss: a change that cannot be chance. One case alone: no telling."""
    assert paired_t([0.0, 0.0, 0.0]) == 1.0
    assert paired_t([0.5, 0.5, 0.5]) == 0.0
    assert paired_t([0.5]) == 1.0
    assert paired_bootstrap([0.5]) == (0.5, 0.5)


@pytest.mark.parametrize("values", [[], [0.1, float("nan")], [float("inf")], [[0.1], [0.2]]])
def test_no_and_broken_differences_are_refused(values: list[float]) -> None:
    """NaN never becomes a p-value."""
    for function in (paired_t, paired_bootstrap):
        with pytest.raises(ValueError, match="finite differences"):
            function(values)


def test_a_paired_interval_of_less_confidence_is_narrower() -> None:
    """Drawn case by case or in groups."""
    for count in (400, 5_000):
        values = np.random.default_rng(count).normal(0.01, 0.5, count)
        low, high = paired_bootstrap(values, confidence=0.5)
        assert high - low == pytest.approx(2 * 0.6745 * values.std() / np.sqrt(count), rel=0.15)
        assert low < values.mean() < high


def test_few_cases_are_drawn_one_by_one() -> None:
    """Five hundred are what groups would be, so that the interval is the plain bootstrap's."""
    values = np.random.default_rng(9).exponential(1.0, 500)
    assert paired_bootstrap(values) == bootstrap_mean(values)
