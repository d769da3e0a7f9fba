"""Records as one tidy table: a row for each measurement, safe to open in a spreadsheet."""

from collections.abc import Iterable, Iterator
from typing import TextIO

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record
from pwc_bench.core.text_forms import CsvCell, write_csv_table
from pwc_bench.exchange.formats import Format

COLUMNS = (
    "record", "campaign", "status", "status_reason", "variant", "title", "dataset", "metric", "value", "unit", "low",
    "high", "samples", "metric_version", "caveats", "device", "precision", "implementation", "batch_size",
    "weights_status", "weights_uri", "weights_sha256", "recipe_sha256", "manifest_sha256", "images_expected",
    "images_seen", "started", "duration_seconds", "harness_version", "git_commit",
)  # fmt: skip
"""The columns in order. `low` and `high` bound the 95 % interval; `samples` counts the rounds behind a value."""


def write_csv(records: Iterable[Record], stream: TextIO) -> None:
    """Write a row for each measurement of each record, metrics by name.

    A record without any measurement has one row with an empty metric, so that a failure does not vanish.
    """
    write_csv_table(stream, COLUMNS, table_rows(records))


def table_rows(records: Iterable[Record]) -> Iterator[Iterable[CsvCell]]:
    """Yield the rows of the table, of which each has a value for each of COLUMNS."""
    return (_cells(record, metric) for record in records for metric in sorted(record.measurements) or (None,))


FORMAT = Format(
    key="csv",
    title="tidy table",
    write=lambda archive, records, stream: write_csv(records, stream),  # noqa: ARG005
)


def _cells(record: Record, metric: str | None) -> Iterator[CsvCell]:
    environment, provenance = record.environment, record.provenance
    yield from (record.id, record.campaign, record.status, record.status_reason)
    yield from (record.variant, record.title, record.dataset, metric)
    yield from _measured(None if metric is None else record.measurements[metric])
    batch_size = environment.batch_size if metric is None else record.batch_size_of(metric)
    yield from (environment.device, environment.precision, environment.implementation, batch_size)
    yield from (provenance.weights.status, provenance.weights.uri, provenance.weights.sha256)
    yield None if provenance.recipe is None else provenance.recipe.sha256
    yield from (provenance.manifest_sha256, provenance.images_expected, provenance.images_seen)
    yield from (record.started, record.duration_seconds, provenance.harness_version, provenance.git_commit)


def _measured(measurement: Measurement | None) -> tuple[CsvCell, ...]:
    if measurement is None:
        return (None,) * 7
    low, high = measurement.interval or (None, None)
    samples = None if measurement.samples is None else len(measurement.samples)
    caveats = " ".join(measurement.caveats)
    return (measurement.value, measurement.unit, low, high, samples, measurement.version, caveats)
