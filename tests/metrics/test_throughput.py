"""Throughput is measured in rounds that can be interleaved."""

import pytest
import torch
from torch import nn

from pwc_bench.core.instruments import Subject
from pwc_bench.core.verdict import Policy
from pwc_bench.metrics.throughput import CPU_PLAN, CUDA_PLAN, INSTRUMENT, RoundPlan, examine
from tests.metrics.subjects import Convolutional, make_subject, run

QUICK = RoundPlan(
    warm_up_forwards=2,
    warm_up_seconds=0.01,
    round_seconds=0.002,
    rounds=12,
    peak_rounds=2,
    peak_round_seconds=0.0,
)


def test_a_measurement_holds_its_rounds() -> None:
    """The value is the median of its rates, within its interval, with what explains it."""
    steps, measured = run(examine(make_subject(Convolutional), QUICK))
    found = measured["throughput"]
    assert found.samples is not None
    assert len(found.samples) == found.details["rounds"]
    assert len(found.samples) == QUICK.rounds
    assert min(found.samples) <= found.value <= max(found.samples)
    assert found.interval is not None
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found.unit == "images/s"
    assert found.details["batch_size"] == 4
    assert {"iqr", "quartiles", "forwards_per_round", "warm_up_seconds", "first_forward_ms"} <= set(found.details)
    rounds = len(found.samples)
    assert steps[:3] == [f"throughput: {what}" for what in ("counting multiply-adds", "making the model", "warming up")]
    assert steps[3:] == [f"throughput: round {i} of {rounds}" for i in range(1, rounds + 1)]


class Watched(nn.Module):
    """Remembers what it is fed."""

    def __init__(self, seen: list[torch.Tensor]) -> None:
        super().__init__()
        self.seen = seen

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the images."""
        self.seen.append(images)
        assert torch.is_inference_mode_enabled() or len(self.seen) == 1
        return images


def test_the_input_is_random_whole_and_the_same_each_time() -> None:
    """A batch of the settings' size, never zeros, and no global random state touched."""
    seen: list[torch.Tensor] = []
    state = torch.get_rng_state()
    run(examine(make_subject(lambda: Watched(seen), batch_size=3), QUICK))
    assert torch.equal(torch.get_rng_state(), state)
    timed = seen[2:]  # before them, two counters look at one image each
    assert timed[0].shape == (3, 3, 16, 16)
    assert timed[0].dtype == torch.float32
    assert all(images is timed[0] for images in timed)
    assert 0.9 < timed[0].std().item() < 1.1


def test_rounds_of_two_variants_can_alternate() -> None:
    """A gauge does nothing between its rounds, so that another one can run there."""
    first: list[torch.Tensor] = []
    second: list[torch.Tensor] = []
    gauges = [examine(make_subject(lambda s=s: Watched(s)), QUICK) for s in (first, second)]  # type: ignore[misc]
    for gauge in gauges:
        assert next(gauge) == "throughput: counting multiply-adds"
        assert next(gauge) == "throughput: making the model"
    traced = len(first)
    for _ in range(3):
        next(gauges[0])
    warm = len(first)
    assert warm >= traced + 3
    assert len(second) == traced
    for _ in range(3):
        next(gauges[1])
    assert len(first) == warm
    for gauge in gauges:
        gauge.close()


def test_there_are_as_many_rounds_as_a_regression_check_needs() -> None:
    """On every device, however slow the model."""
    assert min(CPU_PLAN.rounds, CUDA_PLAN.rounds) >= Policy().least_rounds


def test_rounds_that_scatter_are_a_caveat() -> None:
    """A busy machine shows in the record."""

    class Uneven(nn.Module):
        """Takes ten times as long every other time."""

        calls = 0

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            """Multiply for a while."""
            Uneven.calls += 1
            for _ in range(400 if Uneven.calls % 2 else 40):
                images = images * 1.0
            return images

    plan = RoundPlan(2, 0.0, 0.0, 10, 1, 0.0)
    _, measured = run(examine(make_subject(Uneven), plan))
    assert "of the median" in measured["throughput"].caveats[0]


def test_the_instrument_runs_alone_and_by_the_device() -> None:
    """It is timed, and begins as its plan says."""

    def begin(subject: Subject) -> str:
        assert INSTRUMENT.gauge is not None
        gauge = INSTRUMENT.gauge(subject)
        step = next(gauge)
        gauge.close()
        return step

    assert INSTRUMENT.is_timed
    assert begin(make_subject(Convolutional)) == "throughput: counting multiply-adds"


def test_mfu_is_the_share_of_a_peak_measured_beside_the_model() -> None:
    """Two operations a multiply-add, times the rate, over the median matrix product of the same run."""
    _, measured = run(examine(make_subject(Convolutional), QUICK))
    found, rate = measured["mfu"], measured["throughput"].value
    peak = found.details["peak_tflops"]
    assert isinstance(peak, float)
    macs = 64 * 96 + 80
    assert found.details["multiply_adds"] == macs
    assert found.value == pytest.approx(100 * 2 * macs * rate / (peak * 1e12))
    assert found.interval is not None
    assert found.interval[0] <= found.value <= found.interval[1]
    assert len(list(found.details["peak_rounds_tflops"])) == 2  # type: ignore[arg-type]
    assert found.details["matmul"] == [1536, 1536, 1536]
    assert (found.details["precision"], found.details["tf32"]) == ("fp32", False)


def test_a_model_that_cannot_be_counted_has_a_speed_and_no_mfu() -> None:
    """Absent, and nothing else is lost."""

    class Uncountable(nn.Module):
        """Refuses a single image, which the counters look at."""

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            """Return the images."""
            if len(images) == 1:
                raise RuntimeError("not one by one")
            return images * 2.0

    _, measured = run(examine(make_subject(Uncountable), QUICK))
    assert set(measured) == {"throughput"}


def test_a_cpu_has_no_state_of_a_gpu() -> None:
    """Nothing is said where NVML has nothing to say."""
    _, measured = run(examine(make_subject(Convolutional), QUICK))
    assert "gpu" not in measured["throughput"].details


@pytest.mark.gpu
def test_throughput_on_cuda_has_twenty_rounds() -> None:
    """Timed with the device's own events."""
    assert INSTRUMENT.gauge is not None
    _, measured = run(INSTRUMENT.gauge(make_subject(Convolutional, device="cuda", batch_size=64)))
    samples = measured["throughput"].samples
    assert samples is not None
    assert len(samples) == 20
    assert measured["throughput"].value > 0.0
    assert measured["mfu"].value > 0.0
