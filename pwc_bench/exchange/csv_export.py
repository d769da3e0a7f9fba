"""Records as one tidy table: a row for each measurement, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeAlias

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record

__all__ = ["COLUMNS", "write_csv"]

COLUMNS = (
    "record", "campaign", "status", "status_reason", "variant", "title", "dataset", "metric", "value", "unit", "low",
    "high", "samples", "metric_version", "caveats", "device", "precision", "implementation", "batch_size",
    "weights_status", "weights_uri", "weights_sha256", "recipe_sha256", "manifest_sha256", "images_expected",
    "images_seen", "started", "duration_seconds", "harness_version", "git_commit",
)  # fmt: skip
"""The columns in order. `low` and `high` bound the 95 % interval; `samples` counts the rounds behind a value."""

Cell: TypeAlias = str | int | float | None


def write_csv(records: Iterable[Record], stream: TextIO) -> None:
    """Write a row for each measurement of each record, metrics by name, and end lines with LF.

    A record without any measurement has one row with an empty metric, so that a failure does not vanish. A text
    that a spreadsheet would take for a formula is preceded by an apostrophe; numbers stay as they are.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        metrics: list[str | None] = [*sorted(record.measurements)]
        for metric in metrics or [None]:
            writer.writerow([_safe(cell) for cell in _cells(record, metric)])


def _cells(record: Record, metric: str | None) -> Iterator[Cell]:
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


def _measured(measurement: Measurement | None) -> tuple[Cell, ...]:
    if measurement is None:
        return (None,) * 7
    low, high = measurement.interval or (None, None)
    samples = None if measurement.samples is None else len(measurement.samples)
    caveats = " ".join(measurement.caveats)
    return (measurement.value, measurement.unit, low, high, samples, measurement.version, caveats)


def _safe(cell: Cell) -> Cell:
    """Keep a spreadsheet from running a text as a formula, also where it trims what stands before it."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")  # the writer does not quote a lone carriage return
    is_risky = text.startswith(("\t", "\n")) or text.lstrip().startswith(("=", "+", "-", "@"))
    return f"'{text}" if is_risky else text
