"""The table of a variant's speed."""

from dataclasses import replace

from pwc_bench.claims.naming import Names
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Status, WeightsStatus
from pwc_bench.site.parts.record_rows import speed_table
from tests.example_archive import example_archive
from tests.factories import make_measurement, make_record

PATH = "model/x/index.html"


def _names() -> Names:
    return Names.of(example_archive())


def test_the_newest_value_of_a_setting_speaks() -> None:
    """Records come newest first."""
    newer, older = (
        make_record(dataset=None, started=started, measurements={"throughput": make_measurement(rate, "images/s")})
        for started, rate in (("2026-02-01T00:00:00Z", 20.0), ("2026-01-01T00:00:00Z", 10.0))
    )
    table = speed_table(_names(), (newer, older), PATH)
    assert table is not None
    cell = table.rows[0].cells[0]
    assert cell is not None
    assert cell.number.text == "20"
    assert cell.href == f"../../record/{newer.id}/index.html"


def test_every_setting_that_changes_speed_is_told() -> None:
    """Precision (no CPU rounds to TF32), batch, compile, memory format, implementation, threads."""
    record = make_record(dataset=None, device="Intel(R) Xeon(R)")
    environment = replace(
        record.environment,
        tf32=True,
        compile=True,
        memory_format="channels_last",
        implementation="fused",
        threads=2,
    )
    table = speed_table(_names(), (replace(record, environment=environment),), PATH)
    assert table is not None
    row = table.rows[0]
    assert (row.precision, row.batch_size) == ("fp32", "64")
    assert row.further == "compiled, channels last, fused implementation, 2 threads"


def test_failed_records_and_demos_have_no_speed() -> None:
    """Nothing is shown where nothing counts."""
    speed = {"throughput": make_measurement(20.0, "images/s")}
    failed = make_record(dataset=None, measurements=speed, status=Status.FAILED)
    demo = make_record(dataset="demo", measurements=speed, weights=WeightsStatus.PROBE)
    assert speed_table(_names(), (failed, demo), PATH) is None
    assert speed_table(_names(), (make_record(),), PATH) is None


def test_a_latency_stands_at_batch_1() -> None:
    """Beside a throughput of the same run at another batch: each in its own row, smaller batches first."""
    archive = example_archive()
    throughput = archive.catalogue.metrics["throughput"]
    latency = replace(throughput, key="latency_p50", title="Latency p50")
    catalogue = replace(archive.catalogue, metrics={"throughput": throughput, "latency_p50": latency})
    record = make_record(
        dataset=None,
        measurements={
            "throughput": make_measurement(3000.0, "images/s"),
            "latency_p50": Measurement(6.2, "ms", details={"batch_size": 1}),
        },
    )
    table = speed_table(Names(catalogue, {}), (record,), PATH)
    assert table is not None
    shown = {
        (row.precision, row.batch_size, row.further): [cell is not None for cell in row.cells] for row in table.rows
    }
    assert list(shown.items()) == [(("fp32", "1", ""), [False, True]), (("fp32", "64", ""), [True, False])]
