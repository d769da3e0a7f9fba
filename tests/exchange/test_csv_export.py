"""The CSV is tidy and harmless."""

import csv
import io
from dataclasses import replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, Status
from pwc_bench.exchange.csv_export import COLUMNS, write_csv
from tests.factories import make_measurement, make_record


def _rows(*records: Record) -> list[dict[str, str]]:
    stream = io.StringIO()
    write_csv(records, stream)
    return list(csv.DictReader(io.StringIO(stream.getvalue())))


def test_a_row_for_each_measurement() -> None:
    """Each row has the record's facts and one value with its interval, in the declared columns."""
    record = make_record()
    rows = _rows(record, make_record(dataset=None))
    assert [row["metric"] for row in rows] == ["top1", "top5", "gflops", "parameters", "throughput"]
    first = rows[0]
    assert tuple(first) == COLUMNS
    assert (first["record"], first["dataset"], first["value"], first["unit"]) == (record.id, "imagenet-1k", "81.3", "%")
    assert float(first["low"]) < 81.3 < float(first["high"])
    assert (rows[3]["value"], rows[3]["low"], rows[3]["dataset"], rows[3]["recipe_sha256"]) == ("27777000", "", "", "")


def test_samples_and_caveats_are_kept() -> None:
    """The number of rounds and the warnings stand beside the value."""
    measurement = Measurement(3.0, "ms", samples=(1.0, 3.0, 5.0), caveats=("Noisy.", "Short."))
    (row,) = _rows(make_record(measurements={"latency_p50": measurement}))
    assert (row["samples"], row["caveats"]) == ("3", "Noisy. Short.")


def test_a_failure_does_not_vanish() -> None:
    """A record without measurements has one row that says why."""
    (row,) = _rows(make_record(measurements={}, status=Status.FAILED, reason="out of memory"))
    assert (row["status"], row["status_reason"], row["metric"], row["value"]) == ("failed", "out of memory", "", "")


def test_texts_are_no_formulas() -> None:
    """A text that a spreadsheet would run is preceded by an apostrophe; a negative number is left alone."""
    record = replace(make_record(measurements={"top1": make_measurement(-0.5, "%")}), title="\r=1")
    (row,) = _rows(record)
    assert (row["title"], row["value"]) == ("'\n=1", "-0.5")


def test_a_batch_is_that_of_the_measurement() -> None:
    """A latency is taken at batch 1, whatever the run's batch is."""
    latency = Measurement(6.2, "ms", details={"batch_size": 1})
    rows = _rows(
        make_record(dataset=None, measurements={"latency_p50": latency, "throughput": Measurement(3000.0, "")})
    )
    assert [row["batch_size"] for row in rows] == ["1", "64"]
