"""The records under results/: a check of speed can be made from each of them."""

from pathlib import Path

import pytest

import pwc_bench
from pwc_bench.core.verdict import exit_code
from pwc_bench.exchange import read_records

RESULTS = Path(__file__).parents[2] / "results"


def test_published_records_hold_against_themselves(tmp_path: Path) -> None:
    """Nothing is undecided: rounds are enough, and no machine was busy."""
    verdicts = pwc_bench.compare(RESULTS, RESULTS, db=str(tmp_path / "none.db"))
    assert exit_code(verdicts) == 0
    assert sum(verdict.metric.key == "throughput" for verdict in verdicts) >= 12


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*-cpu-*.jsonl")), ids=lambda path: path.stem)
def test_every_speed_has_the_rounds_that_a_check_needs(path: Path) -> None:
    """Twenty a side, of the fused and of the reference implementation."""
    records = list(read_records(path))
    convits = [record for record in records if record.variant.startswith("convit")]
    assert {record.environment.implementation for record in convits} == {"fused", "reference"}
    for record in records:
        assert len(record.measurements["throughput"].samples or ()) >= 20, record.variant
