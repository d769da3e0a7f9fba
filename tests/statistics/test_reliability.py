"""Reliability diagrams: bins that hold every guess once, and an error that follows from them."""

import numpy as np
import pytest
import scipy.stats

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


def test_a_bin_tells_its_mean_confidence_and_the_share_that_is_right() -> None:
    """Three guesses at 0.6, 0.7 and 0.8 of which two are right; an empty bin tells nothing."""
    low, high = reliability([0.6, 0.7, 0.8], [True, False, True], bins=2).bins
    assert (low.low, low.high, low.images, low.confidence, low.accuracy) == (0.0, 0.5, 0, None, None)
    assert high.images == 3
    assert high.confidence == pytest.approx(0.7)
    assert high.accuracy == pytest.approx(2 / 3)


def test_a_confidence_beyond_1_belongs_to_the_last_bin() -> None:
    """Rounding makes 1.0000001 of a sure guess; whole numbers are confidences too."""
    found = reliability([1.0000001, 1.3], [True, True], bins=4)
    assert [part.images for part in found.bins] == [0, 0, 0, 2]
    assert reliability([1, 0], [1, 0], bins=2).binned == 0.0


def test_chance_is_taken_off_the_error_bin_by_bin() -> None:
    """By the mean of a folded normal whose spread has two hits and two misses added, weighted by the bin's share."""
    confidence, hit = [0.2] * 40 + [0.7] * 60, [True] * 12 + [False] * 28 + [True] * 36 + [False] * 24
    found = reliability(confidence, hit, bins=10)
    added = 0.0
    for share, gap, hits, images in ((0.4, 0.1, 12, 40), (0.6, 0.1, 36, 60)):
        rate = (hits + 2) / (images + 4)
        error = np.sqrt(rate * (1 - rate) / images)
        added += share * (scipy.stats.foldnorm.mean(gap / error, scale=error) - gap)
    assert found.binned == pytest.approx(0.1)
    assert found.error == pytest.approx(0.1 - added)
    assert reliability([0.5, 0.5], [True, False], bins=1).error == 0.0


def test_the_interval_is_wide_for_few_guesses_and_narrow_for_many() -> None:
    """At 50,000 guesses that are 10 points too sure it lies close about 10; its ends stay within 0 and 1."""
    low, high = reliability(np.full(50_000, 0.8), np.arange(50_000) % 10 < 7, bins=15).interval
    assert low == pytest.approx(0.1 - 2.24 * 0.00205, abs=3e-4)
    assert high == pytest.approx(0.1 + 1.96 * 0.00205, abs=3e-4)
    low, high = reliability([0.9], [False], bins=15).interval
    assert (low, high) == (0.0, 1.0)
    low, high = reliability([0.5] * 10, [True] * 5 + [False] * 5, bins=15).interval
    assert low == 0.0
    assert high == pytest.approx(1.96 * 0.5 / np.sqrt(10), abs=0.01)


@pytest.mark.parametrize("confidence", [[float("inf"), 0.5], [0.5, float("nan")]])
def test_a_confidence_that_is_no_number_is_refused_in_words(confidence: list[float]) -> None:
    """Also beside sound ones."""
    with pytest.raises(ValueError, match=r"^a reliability diagram needs at least one guess, and finite confidences$"):
        reliability(confidence, [True, True], bins=15)
