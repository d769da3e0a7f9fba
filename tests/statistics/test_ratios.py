"""The ratio of two medians, and its interval."""

import numpy as np
import pytest

from pwc_bench.statistics.intervals import ratio_of_medians


def test_the_interval_holds_the_true_ratio_about_as_often_as_it_says() -> None:
    """Two machines' noise, 200 pairs of 20 rounds: the truth lies outside in about one of twenty."""
    random = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        low, high = ratio_of_medians(random.normal(50, 2, 20), random.normal(100, 3, 20))[1]
        held += low <= 0.5 <= high
    assert held >= 180


def test_rounds_that_do_not_differ_leave_no_room() -> None:
    """One round, or equal ones, give the value as both ends; the sides may differ in length."""
    assert ratio_of_medians([10.0], [20.0, 20.0]) == (0.5, (0.5, 0.5))


def test_it_agrees_with_a_bootstrap_by_hand() -> None:
    """Drawing both sides by themselves and dividing their medians, in plain numpy."""
    above, below = np.array([9.0, 10.0, 10.5, 11.0, 12.0]), np.array([19.0, 20.0, 20.2, 21.0])
    random = np.random.default_rng(7)
    drawn = [
        np.median(random.choice(above, above.size)) / np.median(random.choice(below, below.size)) for _ in range(20_000)
    ]
    low, high = ratio_of_medians(above, below)[1]
    assert (low, high) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])), abs=0.01)


@pytest.mark.parametrize(("above", "below"), [([], [1.0]), ([1.0], []), ([0.0], [1.0]), ([1.0], [float("nan")])])
def test_what_is_no_speed_is_refused(above: list[float], below: list[float]) -> None:
    """No rounds, a zero, NaN: there is no ratio."""
    with pytest.raises(ValueError, match="a ratio needs"):
        ratio_of_medians(above, below)


def test_a_ratio_of_less_confidence_is_narrower() -> None:
    """Half of all intervals are about a third as wide; the value is the ratio of the medians in either."""
    random = np.random.default_rng(3)
    above, below = random.normal(50, 2, 40), random.normal(100, 3, 40)
    value, (low, high) = ratio_of_medians(above, below)
    same, (narrow_low, narrow_high) = ratio_of_medians(above, below, confidence=0.5)
    assert value == same == np.median(above) / np.median(below)
    assert (narrow_high - narrow_low) / (high - low) == pytest.approx(0.6745 / 1.96, abs=0.12)


def test_one_side_may_be_constant_and_slow() -> None:
    """Speeds below one a second are speeds, and a side without noise leaves that of the other."""
    value, (low, high) = ratio_of_medians([0.2, 0.25, 0.3], [0.5, 0.5])
    assert (value, low, high) == (0.5, 0.4, 0.6)


@pytest.mark.parametrize(
    ("above", "below", "words"),
    [
        ([[1.0]], [1.0], "at least one round on each side"),
        ([1.0], [[1.0]], "at least one round on each side"),
        ([], [1.0], "at least one round on each side"),
        ([1.0, -1.0], [1.0], "finite positive speeds"),
        ([1.0], [1.0, 0.0], "finite positive speeds"),
        ([float("inf")], [1.0], "finite positive speeds"),
    ],
)
def test_what_is_no_speed_is_named(above: list[float], below: list[float], words: str) -> None:
    """On whichever side it stands."""
    with pytest.raises(ValueError, match=f"^a ratio needs {words}$"):
        ratio_of_medians(above, below)
