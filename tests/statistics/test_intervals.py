"""Intervals have the known values, the right coverage, and no surprises on degenerate input."""

import numpy as np
import pytest

from pwc_bench.statistics import bootstrap_mean, bootstrap_median, bootstrap_statistic, wilson


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
    """50,000 numbers never stand in memory more than ten times over."""
    most = 0

    def widest(drawn: np.ndarray) -> np.ndarray:
        nonlocal most
        most = max(most, drawn.size)
        return np.asarray(drawn.mean(axis=-1))

    bootstrap_statistic([np.random.default_rng(1).random(50_000, dtype=np.float32)], widest)
    assert most == 500_000
