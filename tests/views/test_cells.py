"""A measured cell says what its number depends on."""

from dataclasses import replace

from pwc_bench.core.metric import Metric
from pwc_bench.metrics import load_metrics
from pwc_bench.views.cells import measured_cell
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
