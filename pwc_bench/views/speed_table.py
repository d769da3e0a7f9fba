"""A variant's speed: one row for each machine and setting, one column for each metric that depends on them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pwc_bench.core.archive import Catalogue
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record, Status
from pwc_bench.core.setting import Setting, depends_on_machine
from pwc_bench.views.cells import MeasuredCell, measured_cell
from pwc_bench.views.record_naming import Names


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
    machine: str
    """The word of its machine, by which a reader's choice finds it: "nvidia-h200+bf16+fused"."""


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
    rows: dict[Setting, dict[str, MeasuredCell]] = {}
    for record in records:
        if record.status is Status.FAILED or names.is_demo(record):
            continue
        for metric in metrics:
            if metric.key not in record.measurements:
                continue
            row = rows.setdefault(replace(Setting.of(record, metric), recipe=None), {})
            if metric.key not in row:  # the first one met is the newest
                row[metric.key] = measured_cell(record, metric, path)
    used = tuple(metric for metric in metrics if any(metric.key in row for row in rows.values()))
    if not used:
        return None
    return SpeedTable(
        columns=tuple(SpeedColumn(metric.title, metric.display.unit) for metric in used),
        rows=tuple(
            SpeedRow(
                device=setting.device or "",
                precision=setting.precision or "",
                batch_size=f"{setting.batch_size:,}",
                further=setting.further,
                cells=tuple(row.get(metric.key) for metric in used),
                machine=setting.machine.key,
            )
            for setting, row in sorted(rows.items(), key=lambda item: _order(item[0]))
        ),
    )


def _order(setting: Setting) -> tuple[str, str, int, str]:
    return setting.device or "", setting.precision or "", setting.batch_size or 0, setting.further
