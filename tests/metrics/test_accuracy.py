"""Accuracy counts right guesses, and knows what it does not know."""

import numpy as np
import pytest

from pwc_bench.metrics.accuracy import INSTRUMENT, AccuracyMeter
from tests.metrics.batches import SUMMARY, make_batch


def test_first_and_fifth_guesses_are_counted_over_all_batches() -> None:
    """One right at once, one among five, one wrong, in two batches."""
    meter = AccuracyMeter()
    meter.update(make_batch([7, 7], [[7, 1, 2, 3, 4], [1, 2, 3, 4, 7]]))
    meter.update(make_batch([7, 7], [[1, 2, 3, 4, 5], [7, 0, 1, 2, 3]]))
    measured = meter.measurements(SUMMARY)
    assert measured["top1"].value == 50.0
    assert measured["top5"].value == 75.0
    assert measured["top1"].details["correct"] == 2
    assert measured["top5"].details["images"] == 4
    assert measured["top1"].caveats == ()


def test_the_interval_is_wilsons_in_percent() -> None:
    """2 of 4: 15.0 to 85.0 %."""
    meter = AccuracyMeter()
    meter.update(make_batch([0, 0, 0, 0], [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]]))
    assert meter.measurements(SUMMARY)["top1"].interval == pytest.approx((15.0039, 84.9961), abs=1e-3)


def test_fewer_than_five_classes_leave_top5_right() -> None:
    """The padding of -1 is nobody's class."""
    meter = AccuracyMeter()
    meter.update(make_batch([0, 1, 2], [[0, 1, -1, -1, -1], [0, 1, -1, -1, -1], [0, 1, -1, -1, -1]]))
    measured = meter.measurements(SUMMARY)
    assert measured["top1"].value == pytest.approx(100 / 3)
    assert measured["top5"].value == pytest.approx(200 / 3)


def test_no_image_has_no_accuracy() -> None:
    """An empty pass is never 0 %."""
    assert AccuracyMeter().measurements(SUMMARY) == {}


def test_scores_that_are_not_finite_are_a_caveat() -> None:
    """A model that overflows is not silently wrong."""
    meter = AccuracyMeter()
    meter.update(make_batch([0, 0], [[0, 1, 2, 3, 4]] * 2, nll=[np.nan, 0.3]))
    assert "1 of 2 images" in meter.measurements(SUMMARY)["top1"].caveats[0]


def test_a_score_that_is_no_number_is_no_hit() -> None:
    """Sorting puts NaN first, so that a broken score at the label would look right."""
    meter = AccuracyMeter()
    scores = [[np.nan] * 5, [0.5, 0.2, 0.1, 0.1, 0.1]]
    meter.update(make_batch([0, 0], [[0, 1, 2, 3, 4]] * 2, nll=[np.nan, 0.7], scores=scores))
    measured = meter.measurements(SUMMARY)
    assert (measured["top1"].value, measured["top5"].value) == (50.0, 50.0)


def test_ties_for_the_first_place_are_told() -> None:
    """Only where the right class is one of the equal ones, whether or not it came first."""
    meter = AccuracyMeter()
    equal, clear = [0.3, 0.3, 0.2, 0.1, 0.1], [0.5, 0.2, 0.1, 0.1, 0.1]
    meter.update(make_batch([0, 1, 2, 0], [[0, 1, 2, 3, 4]] * 4, scores=[equal, equal, equal, clear]))
    measured = meter.measurements(SUMMARY)
    assert "on 2 of 4 images" in measured["top1"].caveats[0]
    assert measured["top5"].caveats == ()


def test_ties_at_the_border_of_the_five_are_told() -> None:
    """With what is left out; where all five share the first place, that is chance too. Files do not tell."""
    meter = AccuracyMeter()
    five, one = [0.3, 0.2, 0.1, 0.05, 0.05], [0.1] * 5
    guesses = [[0, 1, 2, 3, 4]] * 4
    meter.update(make_batch([4, 9, 9, 9], guesses, scores=[five, five, one, five], tied=[True, True, True, False]))
    meter.update(make_batch([9], guesses[:1], scores=[one]))
    measured = meter.measurements(SUMMARY)
    assert "fifth-highest score with a class beyond the five on 3 of 5 images" in measured["top5"].caveats[0]
    assert measured["top5"].details["tied"] == 3
    assert "the highest score with another one on 1 of 5 images" in measured["top1"].caveats[0]


def test_each_pass_has_a_meter_of_its_own() -> None:
    """The instrument makes meters; it does not share one."""
    assert INSTRUMENT.meter is not None
    assert INSTRUMENT.meter() is not INSTRUMENT.meter()
