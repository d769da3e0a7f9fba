"""Peak memory, against arithmetic by hand."""

import os

import pytest
import torch
from torch import nn

from pwc_bench.metrics.memory import measure_memory
from tests.metrics.subjects import Convolutional, make_subject, run

MIB = 1024.0 * 1024.0
BATCH = 4
INPUT_BYTES = BATCH * 3 * 64 * 64 * 4


class Widening(nn.Module):
    """Doubles its input three times over: the peak is the input, and two tensors in a row."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1000))
        self.register_buffer("table", torch.zeros(500))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (n, 3, 512, 64)."""
        out = images
        for _ in range(3):
            out = torch.cat((out, out), dim=2)
        return out


def test_the_peak_on_the_cpu_by_hand() -> None:
    """Weights, buffer and input at rest; four and eight times the input at the peak."""
    steps, measured = run(measure_memory(make_subject(Widening, side_px=64, batch_size=BATCH)))
    found = measured["peak_memory"]
    assert len(steps) == 1
    assert found.unit == "MiB"
    at_rest, peak = 1500 * 4 + INPUT_BYTES, 1500 * 4 + 13 * INPUT_BYTES
    assert found.details["at_rest_mib"] == pytest.approx(at_rest / MIB)
    assert found.details["forward_mib"] == pytest.approx(12 * INPUT_BYTES / MIB)
    assert found.value == pytest.approx(peak / MIB)
    assert found.details["batch_size"] == BATCH
    assert "profiler" in str(found.details["method"])


def test_the_measurement_repeats_exactly() -> None:
    """Allocation events are counted, so nothing depends on when it runs."""
    subject = make_subject(Convolutional)
    values = {run(measure_memory(subject))[1]["peak_memory"].value for _ in range(3)}
    assert len(values) == 1


def test_the_profiler_writes_nothing_and_the_environment_is_as_before(capfd: pytest.CaptureFixture[str]) -> None:
    """A progress bar on standard error stays whole."""
    before = dict(os.environ)
    run(measure_memory(make_subject(Convolutional)))
    assert capfd.readouterr() == ("", "")
    assert dict(os.environ) == before


@pytest.mark.gpu
def test_the_peak_on_cuda_by_hand() -> None:
    """The same arithmetic, up to the allocator's blocks of 512 bytes."""
    _, measured = run(measure_memory(make_subject(Widening, side_px=64, batch_size=BATCH, device="cuda")))
    found = measured["peak_memory"]
    assert found.value == pytest.approx((1500 * 4 + 13 * INPUT_BYTES) / MIB, abs=4096 / MIB)
    assert "cuda" in str(found.details["method"])
