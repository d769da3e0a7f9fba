"""Two one-sided tests: Tango's score agrees with his paper and with counting, and errs as seldom as it says."""

import math

import numpy as np
import pytest
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
