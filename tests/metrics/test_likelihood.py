"""The negative log-likelihood is a plain mean with an interval."""

import numpy as np
import pytest

from pwc_bench.metrics.likelihood import LikelihoodMeter
from tests.metrics.batches import SUMMARY, make_batch

TOP5 = [0, 1, 2, 3, 4]


def test_the_value_is_the_mean_over_all_batches() -> None:
    """(0.5 + 1.5 + 4.0) / 3 nats, whatever the batches."""
    meter = LikelihoodMeter()
    meter.update(make_batch([0, 0], [TOP5] * 2, nll=[0.5, 1.5]))
    meter.update(make_batch([0], [TOP5], nll=[4.0]))
    measured = meter.measurements(SUMMARY)["nll"]
    assert measured.value == pytest.approx(2.0)
    assert measured.unit == "nats"
    assert measured.interval is not None
    assert 0.5 <= measured.interval[0] < 2.0 < measured.interval[1] <= 4.0
    assert measured.details["images"] == 3
    assert measured.details["median"] == pytest.approx(1.5)


def test_the_meter_keeps_its_own_copy() -> None:
    """A buffer that the pass uses again does not change what was seen."""
    buffer = np.array([1.0, 1.0], dtype=np.float32)
    batch = make_batch([0, 0], [TOP5] * 2)
    meter = LikelihoodMeter()
    meter.update(type(batch)(batch.images, batch.labels, batch.top5, batch.scores, buffer))
    buffer[:] = 9.0
    assert meter.measurements(SUMMARY)["nll"].value == 1.0


@pytest.mark.parametrize("nll", [np.nan, np.inf])
def test_a_likelihood_that_is_not_finite_is_not_measured(nll: float) -> None:
    """Absent, never NaN."""
    meter = LikelihoodMeter()
    meter.update(make_batch([0, 0], [TOP5] * 2, nll=[0.1, nll]))
    assert meter.measurements(SUMMARY) == {}


def test_no_image_has_no_likelihood() -> None:
    """An empty pass measures nothing."""
    assert LikelihoodMeter().measurements(SUMMARY) == {}
