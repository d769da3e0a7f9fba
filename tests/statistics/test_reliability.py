"""Reliability diagrams: bins that hold every guess once, and an error that follows from them."""

import pytest

from pwc_bench.statistics import reliability


def test_edges_belong_to_the_bin_below() -> None:
    """0 and 0.5 lie in (0, 0.5], just above 0.5 and 1 in (0.5, 1]."""
    found = reliability([0.0, 0.5, 0.5001, 1.0], [True, True, True, True], bins=2)
    assert [part.images for part in found.bins] == [2, 2]
    assert [(part.low, part.high) for part in found.bins] == [(0.0, 0.5), (0.5, 1.0)]


def test_the_error_is_the_weighted_mean_of_the_gaps() -> None:
    """Three guesses at 0.2 with none right, one at 0.9 that is right: 3/4 x 0.2 + 1/4 x 0.1."""
    found = reliability([0.2, 0.2, 0.2, 0.9], [False, False, False, True], bins=10)
    assert found.binned == pytest.approx(0.175)


def test_gaps_of_opposite_sign_cancel_within_a_bin_only() -> None:
    """0.5 with one of two right is perfect in one bin, and not when told apart."""
    assert reliability([0.45, 0.55], [True, False], bins=1).binned == pytest.approx(0.0)
    assert reliability([0.45, 0.55], [True, False], bins=2).binned == pytest.approx(0.55)


@pytest.mark.parametrize("confidence", [[], [float("nan")]])
def test_nothing_and_what_is_not_finite_are_refused(confidence: list[float]) -> None:
    """Never NaN."""
    with pytest.raises(ValueError, match="at least one guess"):
        reliability(confidence, [True] * len(confidence), bins=15)
