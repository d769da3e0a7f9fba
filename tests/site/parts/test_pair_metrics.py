"""Two variants' figures side by side."""

from dataclasses import replace

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.site.parts.pair import PairRow, VariantFigures, pair_rows
from tests.example_archive import METRICS, example_archive
from tests.factories import make_measurement, make_record

PATH = "compare/convit-ti-vs-convit-s/index.html"


def _rows(archive: MemoryArchive, first: str = "convit-ti", second: str = "convit-s") -> dict[str, PairRow]:
    figures = [VariantFigures(archive, key, "imagenet-1k") for key in (first, second)]
    return {row.metric: row for row in pair_rows(METRICS.values(), figures[0], figures[1], PATH)}


def test_shares_differ_in_points_and_all_else_as_a_ratio() -> None:
    """81.3 against 73.1 is +8.2; 5.757 against 1.257 GFLOPs is 4.58 times."""
    rows = _rows(example_archive())
    assert rows["top1"].claimed == "+8.2"
    assert rows["gflops"].measured == "4.58\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"
    assert rows["gflops"].better == "lower is better"
    assert rows["throughput"].measured == "0.32\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"


def test_speeds_of_two_machines_are_not_set_against_each_other() -> None:
    """The numbers stand, the ratio does not, and it says why."""
    fast = make_record("convit-ti", None, measurements={"throughput": make_measurement(9000.0, "images/s")})
    slow = make_record(
        "convit-s", None, measurements={"throughput": make_measurement(9.0, "images/s")}, device="Intel(R) Xeon(R)"
    )
    row = _rows(example_archive((fast, slow)))["throughput"]
    assert row.measured is None
    assert row.obstacle == "not compared: device NVIDIA H200 against Intel(R) Xeon(R)"
    assert row.first_measured is not None


def test_speeds_of_two_campaigns_are_not_set_against_each_other() -> None:
    """One machine may be busy today and idle tomorrow; within one campaign the two took turns."""
    own = {"throughput": make_measurement(100.0, "images/s")}
    records = [make_record(key, None, measurements=own, campaign=key) for key in ("convit-ti", "convit-s")]
    row = _rows(example_archive(tuple(records)))["throughput"]
    assert (row.measured, row.obstacle) == (None, "not compared: other campaign")
    one = make_record("convit-s", None, measurements=own, campaign="convit-ti", started="2020-01-01T12:00:00Z")
    assert (
        _rows(example_archive((*records, one)))["throughput"].measured
        == "1.00\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"
    )


def test_speeds_of_two_implementations_are_not_set_against_each_other() -> None:
    """Of a variant measured with both the one that the other has is taken; where both have both, the reference ones."""

    def record(key: str, implementation: str, speed: float) -> Record:
        made = make_record(key, None, measurements={"throughput": make_measurement(speed, "images/s")})
        return replace(made, environment=replace(made.environment, implementation=implementation))

    fused, plain = (record("convit-ti", name, speed) for name, speed in (("fused", 200.0), ("reference", 100.0)))
    other, its_fused = record("convit-s", "reference", 50.0), record("convit-s", "fused", 60.0)
    assert (
        _rows(example_archive((fused, other)))["throughput"].obstacle
        == "not compared: implementation fused against reference"
    )
    times = "\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"
    assert _rows(example_archive((fused, plain, other)))["throughput"].measured == f"0.50{times}"
    assert _rows(example_archive((fused, plain, other, its_fused)))["throughput"].measured == f"0.50{times}"
    assert _rows(example_archive((fused, other, its_fused)))["throughput"].measured == f"0.30{times}"


def test_an_older_record_of_the_same_machine_is_preferred_for_speed() -> None:
    """Of a variant measured on two machines the one that the other variant shares is taken."""
    own = {"throughput": make_measurement(100.0, "images/s")}
    shared = make_record("convit-ti", None, measurements=own)
    newer = make_record("convit-s", None, measurements=own, device="Other GPU", started="2026-02-02T12:00:00Z")
    older = make_record("convit-s", None, measurements={"throughput": make_measurement(50.0, "images/s")})
    row = _rows(example_archive((shared, newer, older)))["throughput"]
    assert row.measured == "0.50\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}"


def test_other_images_have_no_difference() -> None:
    """Two manifests: a difference would be that of the images."""
    first = make_record("convit-ti")
    second = make_record("convit-s")
    second = replace(second, provenance=replace(second.provenance, manifest_sha256="12" * 32))
    assert _rows(example_archive((first, second)))["top1"].obstacle == "not the same images"


def test_another_version_of_a_metric_is_another_metric() -> None:
    """A count made by another definition is not set against this one."""
    first = make_record("convit-ti", None)
    second = make_record("convit-s", None)
    changed = {**second.measurements, "gflops": replace(second.measurements["gflops"], version=2)}
    rows = _rows(example_archive((first, replace(second, measurements=changed))))
    assert rows["gflops"].obstacle == "two definitions of the metric"


def test_the_speed_of_a_shared_pass_tells_no_model_from_another() -> None:
    """Every model of a run has the same end-to-end throughput."""
    metric = Metric(
        "throughput_end_to_end",
        "End-to-end throughput",
        "images/s",
        Better.HIGHER,
        Kind.SAMPLED,
        Scope.DATASET,
        1,
        0.05,
        Display("images/s"),
        "The whole pass.",
    )
    own = {metric.key: make_measurement(10.0, "images/s")}
    records = tuple(make_record(key, measurements=own) for key in ("convit-ti", "convit-s"))
    first, second = (VariantFigures(example_archive(records), key, "imagenet-1k") for key in ("convit-ti", "convit-s"))
    (row,) = pair_rows([metric], first, second, PATH)
    assert row.obstacle == "one pass for all models"


def test_claims_of_one_table_are_set_against_each_other() -> None:
    """Not the first claim of each, which may come from different evaluations; a text is no number."""
    archive = example_archive()
    row = _rows(archive, "convit-s", "deit-s")["top1"]
    assert row.first_claim is not None
    assert row.second_claim is not None
    assert row.first_claim.source == row.second_claim.source == "Table 1"
    assert row.claimed == "\N{MINUS SIGN}1.5"
    odd = tuple(replace(claim, value="n/a") if claim.variant == "deit-s" else claim for claim in archive.all_claims)
    assert _rows(replace(archive, all_claims=odd), "convit-s", "deit-s")["top1"].claimed is None
