"""A measured cell says what its number depends on."""

from dataclasses import replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Metric
from pwc_bench.metrics import load_metrics
from pwc_bench.site.parts.cells import measured_cell
from tests.factories import make_record


def _metric(key: str) -> Metric:
    return load_metrics()[key]


def test_a_speed_names_the_implementation_that_ran() -> None:
    """The reference goes without saying; another implementation stands beside its speed, never beside a count."""
    reference = make_record(dataset=None)
    fused = replace(reference, environment=replace(reference.environment, implementation="fused"))
    path = "index.html"
    assert "implementation" not in measured_cell(reference, _metric("throughput"), path).conditions
    assert "batch 64, fused implementation" in measured_cell(fused, _metric("throughput"), path).conditions
    assert "fused" not in measured_cell(fused, _metric("gflops"), path).conditions


def test_what_must_be_known_is_marked() -> None:
    """A caveat shows beside the value; what old records list of operators left out by definition does not."""
    routine, warned = (
        Measurement(5.757, "GFLOPs", caveats=(caveat,))
        for caveat in (
            "Not counted, being element-wise: add (25).",
            "May be undercounted: no rule counts fft_fft2 (1).",
        )
    )
    path = "index.html"
    cells = [
        measured_cell(make_record(dataset=None, measurements={"gflops": found}), _metric("gflops"), path)
        for found in (routine, warned)
    ]
    assert cells[0].caution is None
    assert cells[1].caution is not None
    assert (cells[1].caution.text, cells[1].caution.reason) == ("caveat", warned.caveats[0])
