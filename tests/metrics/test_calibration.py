"""The calibration error, against a plain loop and by hand."""

import numpy as np
import pytest

from pwc_bench.metrics.calibration import BINS, CalibrationMeter
from tests.metrics.batches import SUMMARY, make_batch


def _meter(confidence: list[float], hits: list[bool]) -> CalibrationMeter:
    meter = CalibrationMeter()
    scores = [[c, 0.0, 0.0, 0.0, 0.0] for c in confidence]
    meter.update(make_batch([0 if hit else 9 for hit in hits], [[0, 1, 2, 3, 4]] * len(hits), scores=scores))
    return meter


def test_a_confident_model_that_is_half_right_is_off_by_half() -> None:
    """Confidence 1.0, accuracy 0.5: an error of 50 %, of which chance has little."""
    measured = _meter([1.0, 1.0, 1.0, 1.0], [True, False, True, False]).measurements(SUMMARY)["ece"]
    assert measured.details["binned_error_percent"] == pytest.approx(50.0)
    assert measured.value == pytest.approx(50.0, abs=1.0)
    assert measured.interval is not None
    assert 0.0 <= measured.interval[0] <= 50.0 <= measured.interval[1] <= 100.0


def test_the_value_equals_a_plain_loop_over_the_bins() -> None:
    """On 500 random guesses."""
    generator = np.random.default_rng(5)
    confidence = generator.random(500).astype(np.float32).tolist()
    hits = (generator.random(500) < 0.6).tolist()
    expected = 0.0
    for i in range(BINS):
        inside = [(c, h) for c, h in zip(confidence, hits, strict=True) if i / BINS < c <= (i + 1) / BINS]
        if inside:
            gap = sum(h for _, h in inside) / len(inside) - sum(c for c, _ in inside) / len(inside)
            expected += len(inside) / 500 * abs(gap)
    measured = _meter(confidence, hits).measurements(SUMMARY)["ece"]
    assert measured.details["binned_error_percent"] == pytest.approx(100 * expected)
    assert measured.value < 100 * expected
    assert measured.version == 2
    assert measured.interval is not None
    assert measured.interval[0] < measured.value < measured.interval[1]


def test_the_bins_are_what_a_reliability_diagram_needs() -> None:
    """Count, mean confidence and accuracy of each; an empty bin has none."""
    measured = _meter([0.0, 0.65, 0.62, 1.0], [False, True, False, True]).measurements(SUMMARY)["ece"]
    bins = measured.details["bins"]
    assert isinstance(bins, list)
    assert len(bins) == BINS
    assert [b["images"] for b in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]
    assert bins[9]["confidence"] == pytest.approx(0.635)
    assert bins[9]["accuracy"] == 0.5
    assert bins[9]["from"] == pytest.approx(0.6)
    assert bins[1]["confidence"] is None


def test_a_calibrated_model_has_an_interval_near_nothing() -> None:
    """The interval does not blame a calibrated model for its few images, and still holds the value."""
    generator = np.random.default_rng(2)
    confidence = generator.random(2_000)
    hits = generator.random(2_000) < confidence
    measured = _meter(confidence.tolist(), hits.tolist()).measurements(SUMMARY)["ece"]
    assert measured.value < 3.0
    assert measured.interval is not None
    assert measured.interval[0] == 0.0
    assert measured.interval[0] <= measured.value <= measured.interval[1]


def test_one_image_says_next_to_nothing() -> None:
    """What it shows may all be chance, and the interval says so."""
    measured = _meter([0.75], [True]).measurements(SUMMARY)["ece"]
    assert measured.details["binned_error_percent"] == pytest.approx(25.0)
    assert measured.value < 15.0
    assert measured.interval == (0.0, 100.0)


def test_nothing_and_what_is_not_finite_are_not_measured() -> None:
    """Absent, never NaN."""
    assert CalibrationMeter().measurements(SUMMARY) == {}
    assert _meter([0.5, float("nan")], [True, True]).measurements(SUMMARY) == {}
