"""A variant's speed: one row for each machine and setting, one column for each metric that depends on them."""

from collections.abc import Iterable
from dataclasses import dataclass

from pwc_bench.core.catalogue import Catalogue
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Environment, Record, Status
from pwc_bench.views.cells import MeasuredCell, depends_on_machine, measured_cell, own_implementation
from pwc_bench.views.record_naming import Names

__all__ = ["SpeedColumn", "SpeedRow", "SpeedTable", "settings_text", "speed_metrics", "speed_table"]


@dataclass(frozen=True, slots=True)
class SpeedColumn:
    """One metric's head."""

    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """One machine with one setting."""

    device: str
    precision: str
    """"fp32 with TF32"."""
    batch_size: str
    further: str
    """Whatever else changes speed: "compiled, channels last"; "" where all is as usual."""
    cells: tuple[MeasuredCell | None, ...]
    """One for each column, None where it was not measured."""


@dataclass(frozen=True, slots=True)
class SpeedTable:
    """All that was measured of a variant's speed, the newest value for each cell."""

    columns: tuple[SpeedColumn, ...]
    rows: tuple[SpeedRow, ...]


def speed_metrics(catalogue: Catalogue) -> tuple[Metric, ...]:
    """Return the metrics that depend on the machine: sampled ones, and descriptive ones of the model."""
    return tuple(metric for metric in catalogue.metrics.values() if depends_on_machine(metric))


def speed_table(names: Names, records: Iterable[Record], path: str) -> SpeedTable | None:
    """Gather the speed from a variant's records, given newest first; None where there is none.

    Failed records and demos are left out. A run has a row for each batch: its latencies are those of batch 1.
    """
    metrics = speed_metrics(names.catalogue)
    rows: dict[tuple[str, str, int, str], dict[str, MeasuredCell]] = {}
    for record in records:
        if record.status is Status.FAILED or names.is_demo(record):
            continue
        for metric in metrics:
            if metric.key not in record.measurements:
                continue
            environment, size = record.environment, record.batch_size_of(metric.key)
            key = (environment.device, _precision(environment), size, _further(environment))
            row = rows.setdefault(key, {})
            if metric.key not in row:  # the first one met is the newest
                row[metric.key] = measured_cell(record, metric, path)
    used = tuple(metric for metric in metrics if any(metric.key in row for row in rows.values()))
    if not used:
        return None
    return SpeedTable(
        columns=tuple(SpeedColumn(metric.title, metric.display.unit) for metric in used),
        rows=tuple(
            SpeedRow(device, precision, f"{size:,}", further, tuple(row.get(metric.key) for metric in used))
            for (device, precision, size, further), row in sorted(rows.items(), key=lambda item: item[0])
        ),
    )


def settings_text(environment: Environment, batch_size: int) -> str:
    """Return how a machine was used: "bf16, batch 256, compiled"."""
    further = _further(environment)
    return f"{_precision(environment)}, batch {batch_size}" + (f", {further}" if further else "")


def _precision(environment: Environment) -> str:
    return environment.precision + (" with TF32" if environment.tf32 else "")


def _further(environment: Environment) -> str:
    parts = (
        *(("compiled",) if environment.compile else ()),
        *(("CUDA graphs",) if environment.cuda_graphs else ()),
        *((environment.memory_format.replace("_", " "),) if environment.memory_format != "contiguous" else ()),
        *own_implementation(environment),
        *((f"{environment.threads} threads",) if environment.device_type == "cpu" and environment.threads else ()),
    )
    return ", ".join(parts)
