"""Two one-sided tests: Tango's score agrees with his paper and with counting, and errs as seldom as it says."""

import math

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pwc_bench.statistics import mean_beyond, share_lost_beyond

COUNTS = st.integers(0, 60).flatmap(
    lambda lost: st.integers(0, 60).flatmap(
        lambda gained: st.tuples(st.just(lost), st.just(gained), st.integers(lost + gained + 1, 500))
    )
)


def test_the_interval_of_the_first_example_of_tango() -> None:
    """Crossover trial of 44 pairs of soft contact lenses, 1 and 0 discordant: [-0.0599, 0.1184] as published there."""
    low, high = -0.0599, 0.1184
    assert share_lost_beyond(1, 0, 44, low) == pytest.approx(1.96, abs=0.01)
    assert share_lost_beyond(1, 0, 44, high) == pytest.approx(-1.96, abs=0.01)


@given(COUNTS)
def test_at_no_margin_it_is_mcnemars_statistic(counts: tuple[int, int, int]) -> None:
    """(lost - gained) / sqrt(lost + gained)."""
    lost, gained, cases = counts
    expected = (lost - gained) / math.sqrt(lost + gained) if lost + gained else 0.0
    assert share_lost_beyond(lost, gained, cases, 0.0) == pytest.approx(expected)


@given(COUNTS, st.floats(0.001, 0.2), st.floats(0.001, 0.2))
def test_a_larger_margin_is_further_away(counts: tuple[int, int, int], first: float, second: float) -> None:
    """And both sides are mirror images of each other."""
    lost, gained, cases = counts
    low, high = sorted((first, second))
    assert share_lost_beyond(lost, gained, cases, high) <= share_lost_beyond(lost, gained, cases, low) + 1e-9
    mirrored = -share_lost_beyond(gained, lost, cases, -first)
    assert share_lost_beyond(lost, gained, cases, first) == pytest.approx(mirrored)


def test_at_the_margin_it_errs_as_seldom_as_it_says() -> None:
    """Models that truly lose the margin are called equivalent in about 1 % of draws, whatever their churn."""
    generator = np.random.default_rng(5)
    for churn in (0.006, 0.02, 0.1):
        lost_share, gained_share = (churn + 0.005) / 2.0, (churn - 0.005) / 2.0
        drawn = generator.multinomial(5_000, (lost_share, gained_share, 1.0 - churn), size=4_000)
        called = [share_lost_beyond(lost, gained, 5_000, 0.005) < -2.326 for lost, gained, _ in drawn.tolist()]
        assert np.mean(called) < 0.015


def test_the_mean_is_students() -> None:
    """As a normal quantile, so that both kinds of test read alike."""
    values = np.random.default_rng(6).normal(0.002, 0.1, 400)
    expected = scipy.stats.ttest_1samp(values, 0.01, alternative="less").pvalue
    assert scipy.stats.norm.cdf(mean_beyond(values, 0.01)) == pytest.approx(float(expected))
    assert mean_beyond([0.5], 0.1) == math.inf
    assert mean_beyond([0.0, 0.0], 0.1) == -math.inf


@pytest.mark.parametrize("counts", [(-1, 0, 5), (3, 3, 5), (0, 0, 0)])
def test_what_is_no_count_is_refused(counts: tuple[int, int, int]) -> None:
    """More discordant cases than cases, or none at all."""
    with pytest.raises(ValueError, match="no paired shares"):
        share_lost_beyond(*counts, 0.01)


def _by_likelihood(lost: int, gained: int, cases: int, margin: float) -> float:
    """Return the score statistic with the most likely share found by a search, as Tango defines it."""

    def unlikeliness(share: float) -> float:
        probabilities = (share + margin, share, 1.0 - 2.0 * share - margin)
        counts = (lost, gained, cases - lost - gained)
        return -sum(n * math.log(max(p, 1e-300)) for n, p in zip(counts, probabilities, strict=True) if n)

    bounds = (max(0.0, -margin), (1.0 - margin) / 2.0)
    share = float(scipy.optimize.minimize_scalar(unlikeliness, bounds=bounds, options={"xatol": 1e-12}).x)
    variance = cases * (2.0 * share + margin - margin**2)
    return (lost - gained - cases * margin) / math.sqrt(variance)


@pytest.mark.parametrize(
    ("lost", "gained", "cases", "margin"),
    [
        (1, 0, 44, 0.1),
        (12, 9, 2_000, 0.005),
        (30, 12, 100, 0.05),
        (12, 30, 100, 0.05),
        (30, 12, 100, -0.2),
        (7, 7, 50, 0.3),
    ],
)
def test_the_share_is_the_most_likely_one_under_the_margin(lost: int, gained: int, cases: int, margin: float) -> None:
    """A search for it comes to the same statistic."""
    expected = _by_likelihood(lost, gained, cases, margin)
    assert share_lost_beyond(lost, gained, cases, margin) == pytest.approx(expected, rel=1e-4)


def test_where_all_is_lost_or_nothing_happened_there_is_a_statistic_too() -> None:
    """All cases may be discordant, and one case alone be compared; without any change nothing is lost beyond 0."""
    assert share_lost_beyond(3, 2, 5, 0.0) == pytest.approx(1 / math.sqrt(5))
    assert share_lost_beyond(0, 0, 1, 0.0) == 0.0
    assert share_lost_beyond(1, 0, 1, 0.0) == 1.0
    assert share_lost_beyond(0, 0, 1, 0.1) == pytest.approx(-0.1 / 0.3)
    assert share_lost_beyond(0, 0, 100, 0.01) == pytest.approx(-1.0 / math.sqrt(0.99))


@pytest.mark.parametrize(
    ("lost", "gained", "cases", "margin"),
    [(0, -1, 5, 0.1), (1, 1, 1, 0.1), (0, 0, 0, 0.1), (0, 0, 5, 1.0), (0, 0, 5, -1.0), (0, 0, 5, float("nan"))],
)
def test_impossible_shares_are_refused_in_words(lost: int, gained: int, cases: int, margin: float) -> None:
    """The numbers are named."""
    with pytest.raises(
        ValueError, match=f"{lost} lost and {gained} gained of {cases}, margin {margin}: no paired shares"
    ):
        share_lost_beyond(lost, gained, cases, margin)


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([0.1], 0.0),
        ([0.2], math.inf),
        ([0.0], -math.inf),
        ([0.1, 0.1], 0.0),
        ([0.5, 0.5], math.inf),
        ([-1.0, 1.2], 0.0),
    ],
)
def test_differences_without_a_spread_leave_no_doubt(differences: list[float], expected: float) -> None:
    """They are at the margin of 0.1, or as far from it as can be; a mean at the margin is there whatever its spread."""
    assert mean_beyond(differences, 0.1) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("differences", "t"), [([0.0, 0.2, 0.4], 3**0.5 * 0.1 / 0.2), ([0.0, 0.2], -0.0), ([0.0, 0.0, 0.3], 0.0)]
)
def test_a_mean_above_the_margin_is_above_zero(differences: list[float], t: float) -> None:
    """Three values about 0.2, a tenth above the margin: t = 0.87 at two degrees of freedom, in normal words 0.70."""
    expected = scipy.stats.norm.isf(scipy.stats.t.sf(t, len(differences) - 1))
    assert mean_beyond(differences, 0.1) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("differences", [[], [[0.1, 0.2]], [0.1, float("nan")], [float("inf")]])
def test_no_and_broken_differences_are_refused(differences: list[float]) -> None:
    """NaN never becomes a statistic."""
    with pytest.raises(ValueError, match=r"^paired results need finite differences, at least 1$"):
        mean_beyond(differences, 0.1)
