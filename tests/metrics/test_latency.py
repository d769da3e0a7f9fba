"""Latency: percentiles of single forwards, and none that the forwards cannot carry."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from pwc_bench.core.verdict import Policy
from pwc_bench.metrics.latency import CPU_PLAN, CUDA_PLAN, INSTRUMENT, LatencyPlan, examine
from tests.metrics.subjects import Convolutional, make_subject, run

QUICK = LatencyPlan(warm_up_forwards=2, warm_up_seconds=0.0, rounds=20, forwards_per_round=5, budget_seconds=60.0)


def test_percentiles_lie_in_order_within_their_intervals() -> None:
    """100 forwards carry all three."""
    steps, measured = run(examine(make_subject(Convolutional), QUICK))
    assert list(measured) == ["latency_p50", "latency_p95", "latency_p99"]
    values = [measurement.value for measurement in measured.values()]
    assert 0.0 < values[0] <= values[1] <= values[2]
    for measurement in measured.values():
        assert measurement.unit == "ms"
        assert measurement.samples is not None
        assert len(measurement.samples) == 20
        assert measurement.details["forwards"] == 100
        assert measurement.details["batch_size"] == 1
        how = str(measurement.details["interval"])
        if measurement.interval is None:
            assert how.startswith("none: these forwards are worth ")
        else:
            assert "within this run" in how
            assert measurement.interval[0] <= measurement.value <= measurement.interval[1]
    assert measured["latency_p50"].interval is not None
    assert measured["latency_p99"].interval is None
    assert str(measured["latency_p99"].details["interval"]).endswith("takes 299")
    assert steps[-1] == "latency: round 20 of 20"


def test_a_slow_model_has_one_forward_a_round_and_no_p99() -> None:
    """Twenty forwards have no 99th percentile; each sample is then a forward of its own."""
    slow = LatencyPlan(warm_up_forwards=2, warm_up_seconds=0.0, rounds=20, forwards_per_round=5, budget_seconds=0.0)
    _, measured = run(examine(make_subject(Convolutional), slow))
    assert set(measured) == {"latency_p50", "latency_p95"}
    p50, p95 = measured["latency_p50"], measured["latency_p95"]
    assert p50.samples == p95.samples
    assert p50.samples is not None
    assert p50.value == pytest.approx(float(np.median(p50.samples)))
    assert p95.details["forwards"] == 20
    assert p50.interval is not None
    assert p95.interval is None


class Single(nn.Module):
    """Accepts one image only."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the images."""
        assert images.shape == (1, 3, 16, 16)
        return images


def test_the_batch_is_one_whatever_the_settings_say() -> None:
    """Latency is what a single image waits."""
    run(examine(make_subject(Single, batch_size=64), QUICK))


def test_plans_keep_their_promises() -> None:
    """At least 20 forwards on a CPU, and 5 a round up to 33 ms each; on CUDA 200, however long they take."""
    assert CPU_PLAN.rounds * CPU_PLAN.forwards(10.0) == 20 == Policy().least_rounds
    assert CPU_PLAN.forwards(0.25) == 1
    assert CPU_PLAN.forwards(0.03) == 5
    assert CUDA_PLAN.rounds * CUDA_PLAN.forwards(10.0) == 200
    assert math.isinf(CUDA_PLAN.budget_seconds)


def test_the_instrument_declares_three_metrics_and_runs_alone() -> None:
    """One measurement, three ways to read it."""
    assert [metric.key for metric in INSTRUMENT.metrics] == ["latency_p50", "latency_p95", "latency_p99"]
    assert INSTRUMENT.is_timed
    assert INSTRUMENT.gauge is not None
    gauge = INSTRUMENT.gauge(make_subject(Convolutional))
    assert next(gauge) == "latency: making the model"
    gauge.close()


@pytest.mark.gpu
def test_latency_on_cuda_has_two_hundred_forwards() -> None:
    """Each timed with the device's own events."""
    assert INSTRUMENT.gauge is not None
    _, measured = run(INSTRUMENT.gauge(make_subject(Convolutional, device="cuda")))
    assert measured["latency_p99"].details["forwards"] == 200
    assert 0.0 < measured["latency_p50"].value <= measured["latency_p99"].value
