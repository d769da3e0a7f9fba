"""Intervals have the known values, the right coverage, and no surprises on degenerate input."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwc_bench.statistics import (
    bootstrap_mean,
    bootstrap_median,
    bootstrap_statistic,
    independent_values,
    least_for_quantile,
    quantile_interval,
    wilson,
)


def test_wilson_gives_the_textbook_interval() -> None:
    """For 81 of 263: 0.2553 to 0.3662 (Newcombe 1998, table I)."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_wilson_has_the_width_that_is_known_for_imagenet() -> None:
    """Half the interval of ConViT-Ti's 73.1 % on 50,000 images is 0.39 points."""
    low, high = wilson(36_558, 50_000)
    assert 100 * (high - low) / 2 == pytest.approx(0.39, abs=0.005)


def test_wilson_stays_within_a_share() -> None:
    """No success and no failure have one end at the bound, the other not."""
    low, high = wilson(0, 64)
    assert low == 0.0
    assert 0.0 < high < 0.1
    low, high = wilson(64, 64)
    assert 0.9 < low < 1.0
    assert high == 1.0


def test_wilson_of_one_trial_says_next_to_nothing() -> None:
    """One success of one: from 0.21 (z squared over 1 + z squared) to 1."""
    assert wilson(1, 1) == pytest.approx((1 / (1 + 1.959964**2), 1.0))
    assert wilson(0, 1) == pytest.approx((0.0, 1.959964**2 / (1 + 1.959964**2)))


def test_wilson_widens_with_confidence() -> None:
    """99 % confidence needs a wider interval than 90 %."""
    narrow, wide = wilson(30, 100, 0.9), wilson(30, 100, 0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (5, 4), (-1, 4)])
def test_wilson_refuses_what_is_no_share(successes: int, trials: int) -> None:
    """No trials, or more successes than trials, are an error and never 0."""
    with pytest.raises(ValueError, match="no share"):
        wilson(successes, trials)


def test_the_bootstrap_of_a_mean_agrees_with_the_normal_theory() -> None:
    """For many numbers it is the mean plus and minus 1.96 standard errors."""
    values = np.random.default_rng(7).normal(10.0, 2.0, 4_000)
    low, high = bootstrap_mean(values)
    error = 1.96 * values.std() / np.sqrt(values.size)
    assert low == pytest.approx(values.mean() - error, abs=0.01)
    assert high == pytest.approx(values.mean() + error, abs=0.01)


def test_the_bootstrap_is_repeatable_and_leaves_the_global_generator_alone() -> None:
    """The same numbers give the same interval, whatever was drawn before."""
    values = [4.0, 4.4, 3.9, 4.1, 4.3, 4.2, 4.0, 4.6, 4.1, 4.2]
    first = bootstrap_median(values)
    before = np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    assert bootstrap_median(values) == first
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]  # noqa: NPY002
    assert min(values) <= first[0] < 4.15 < first[1] <= max(values)


@pytest.mark.parametrize("interval", [bootstrap_mean, bootstrap_median])
@pytest.mark.parametrize("values", [[3.5], [3.5, 3.5, 3.5]])
def test_one_number_or_equal_numbers_are_their_own_interval(interval: object, values: list[float]) -> None:
    """There is no spread to speak of, and no warning (warnings are errors here)."""
    assert callable(interval)
    assert interval(values) == (3.5, 3.5)


@pytest.mark.parametrize("values", [[], [1.0, float("nan")], [1.0, float("inf")]])
def test_no_numbers_and_broken_numbers_are_refused(values: list[float]) -> None:
    """NaN never becomes an interval."""
    with pytest.raises(ValueError, match="an interval needs"):
        bootstrap_mean(values)


def test_columns_of_different_length_are_refused() -> None:
    """Cases that are not pairs cannot be drawn as pairs."""
    with pytest.raises(ValueError, match="one length"):
        bootstrap_statistic([[1.0, 2.0], [1.0]], lambda a, b: a.sum(axis=-1) / b.sum(axis=-1))


def test_columns_stay_paired() -> None:
    """A ratio of sums over proportional columns has no spread, which drawing them apart would give it."""
    seconds = np.array([1.0, 2.0, 3.0, 4.0])
    low, high = bootstrap_statistic([seconds * 50, seconds], lambda a, b: a.sum(axis=-1) / b.sum(axis=-1))
    assert low == pytest.approx(50.0)
    assert high == pytest.approx(50.0)


def test_a_long_series_is_drawn_in_batches() -> None:
    """50,000 numbers never stand in memory more than ten times over, and are drawn 999 times in all."""
    sizes = []

    def seen(drawn: np.ndarray) -> np.ndarray:
        sizes.append(drawn.size)
        return np.asarray(drawn.mean(axis=-1))

    bootstrap_statistic([np.random.default_rng(1).random(50_000, dtype=np.float32)], seen)
    assert max(sizes) == 500_000
    assert sum(sizes) in (999 * 50_000, 1_000 * 50_000)  # with the values as they are


def test_a_short_series_is_drawn_9999_times() -> None:
    """Whatever it takes to tell the ends to two digits; a wider one than a tenth of memory is drawn by itself."""
    sizes = []

    def seen(drawn: np.ndarray) -> np.ndarray:
        sizes.append(drawn.size)
        return np.asarray(drawn.mean(axis=-1))

    bootstrap_statistic([[1.0, 2.0, 3.0, 5.0]], seen)
    assert sum(sizes) // 4 in (9_999, 10_000)


def test_one_column_may_be_constant() -> None:
    """Seconds that are all equal leave the spread of the images."""
    low, high = bootstrap_statistic([[1.0, 2.0, 3.0, 4.0], [2.0] * 4], lambda a, b: a.sum(axis=-1) / b.sum(axis=-1))
    assert low < 1.25 < high


def test_a_bootstrap_of_less_confidence_is_narrower() -> None:
    """Half of all intervals reach 0.674 standard errors to either side, of a mean, and of a median 0.674 x 1.253."""
    values = np.random.default_rng(7).normal(10.0, 2.0, 4_000)
    error = values.std() / np.sqrt(values.size)
    low, high = bootstrap_mean(values, confidence=0.5)
    assert high - low == pytest.approx(2 * 0.6745 * error, rel=0.05)
    low, high = bootstrap_median(values, confidence=0.5)
    assert high - low == pytest.approx(2 * 0.6745 * 1.2533 * error, rel=0.2)


def _coverage(count: int, share: float, low: int, high: int) -> float:
    """Return how surely the values of rank `low` and `high` enclose the quantile, counted out."""
    return sum(comb(count, below) * share**below * (1.0 - share) ** (count - below) for below in range(low, high))


@given(st.integers(2, 60), st.sampled_from([0.1, 0.5, 0.75, 0.9]), st.sampled_from([0.8, 0.95, 0.99]))
def test_no_nearer_ranks_enclose_a_quantile_so_surely(count: int, share: float, confidence: float) -> None:
    """By counting out every pair of ranks; the values are their own ranks here."""
    found = quantile_interval([list(range(count, 0, -1))], share, confidence=confidence)
    sure = [
        high - low
        for low in range(1, count + 1)
        for high in range(low + 1, count + 1)
        if _coverage(count, share, low, high) >= confidence + 1e-12
    ]
    if found is None:
        assert sure == []
        return
    low, high = (int(end) for end in found)
    assert _coverage(count, share, low, high) >= confidence - 1e-12
    assert high - low == min(sure, default=high - low)


def test_ranks_are_those_of_the_tables() -> None:
    """The median of 10 values lies between the 2nd and the 9th, of 6 between the ends, and 5 are too few."""
    assert quantile_interval([[5.0, 1.0, 9.0, 3.0, 7.0, 10.0, 2.0, 8.0, 4.0, 6.0]], 0.5) == (2.0, 9.0)
    assert quantile_interval([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], 0.5) == (1.0, 6.0)
    assert quantile_interval([[1.0, 2.0, 3.0, 4.0, 5.0]], 0.5) is None
    assert [least_for_quantile(share) for share in (0.05, 0.5, 0.9, 0.95, 0.99)] == [59, 6, 29, 59, 299]
    assert least_for_quantile(0.5, confidence=0.9) == 5
    assert least_for_quantile(0.5, confidence=0.5) == 2
    assert least_for_quantile(0.5, confidence=0.4) == 2


@pytest.mark.parametrize(("confidence", "least"), [(0.75, 3), (0.875, 4)])
def test_exactly_so_surely_is_sure_enough(confidence: float, least: int) -> None:
    """Three values enclose a median in exactly three quarters of all cases."""
    assert least_for_quantile(0.5, confidence=confidence) == least


def test_values_of_a_round_that_resemble_each_other_count_less() -> None:
    """12 rounds of 5 equal values are worth 60 / 5.36 = 11 independent ones; of one round nothing is known of that."""
    alike = [[float(number)] * 5 for number in range(1, 13)]
    assert independent_values(alike, 0.5) == 11
    assert quantile_interval(alike, 0.5) == (2.0, 10.0)
    assert independent_values([[1.0, 2.0, 3.0, 4.0, 5.0]], 0.5) == 5
    assert independent_values([[3.0, 3.0], [3.0, 3.0], [3.0, 3.0]], 0.5) == 6
    # Rounds that are more alike than chance would have it gain nothing: 4 x 4 values are worth 16.
    assert independent_values([[1.0, 2.0, 3.0, 4.0]] * 4, 0.5) == 16
    assert independent_values(alike, 0.95) == 11  # the tail tells too little, so the median's effect counts
    # Two rounds, one below the other: all of the spread is between them, 2 x 0.5 / (8 / 7 x 0.25 / 4) = 7.
    assert independent_values([[1.0, 1.0, 1.0, 1.0], [2.0, 2.0, 2.0, 2.0]], 0.5) == 1


@pytest.mark.parametrize("rounds", [[], [[]], [1.0, 2.0], [[1.0, float("nan")]], [[float("inf")]]])
@pytest.mark.parametrize("function", [quantile_interval, independent_values])
def test_no_rounds_and_broken_rounds_are_refused(function: object, rounds: list[object]) -> None:
    """Nothing is sorted that is no number."""
    assert callable(function)
    with pytest.raises(ValueError, match="an interval needs finite numbers in rounds of one length, at least 1"):
        function(rounds, 0.5)
