"""Records as rows of a list, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pwc_bench.claims.facts import moment_text
from pwc_bench.claims.naming import Names
from pwc_bench.core.archive import Catalogue
from pwc_bench.core.links import Link, record_path, relative
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record, Status
from pwc_bench.core.setting import Setting, depends_on_machine
from pwc_bench.site.parts.cells import MeasuredCell, StatusBadge, measured_cell, record_badge

MOST_ROWS = 100
"""A page lists no more records than this; the others are counted, and stand in the exports."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record, as short as it can be said."""

    href: str
    name: str
    """The record's title: "ConViT-S on ImageNet-1k"."""
    setting: str
    """"fused implementation, fp32, batch 8"."""
    short_id: str
    variant: Link
    dataset: Link | None
    """None for a record of cost and speed."""
    campaign: str
    started: str
    device: str
    status: str
    badge: StatusBadge | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class RecordList:
    """The newest records of something."""

    rows: tuple[RecordRow, ...]
    more: str | None
    """How many older ones are not listed: "1,204"."""


def record_list(names: Names, records: Iterable[Record], path: str) -> RecordList:
    """List `records`, given newest first, on the page at `path`."""
    rows: list[RecordRow] = []
    more = 0
    for record in records:
        if len(rows) < MOST_ROWS:
            rows.append(_row(names, record, path))
        else:
            more += 1
    return RecordList(tuple(rows), f"{more:,}" if more else None)


def _row(names: Names, record: Record, path: str) -> RecordRow:
    dataset = record.dataset
    return RecordRow(
        href=relative(path, record_path(record.id)),
        name=names.record(record),
        setting=names.setting(record),
        short_id=record.id[:8],
        variant=Link(names.variant(record.variant, record), relative(path, names.model_path(record.variant))),
        dataset=None if dataset is None else Link(names.dataset(dataset), relative(path, names.dataset_path(dataset))),
        campaign=record.campaign,
        started=moment_text(record.started),
        device=record.environment.device,
        status=str(record.status),
        badge=record_badge(record),
        is_demo=names.is_demo(record),
    )


@dataclass(frozen=True, slots=True)
class DemoResult:
    """One number of a demo."""

    title: str
    unit: str
    cell: MeasuredCell


def demo_results(names: Names, records: Iterable[Record], path: str) -> tuple[DemoResult, ...]:
    """Return the numbers of the newest demo that measured something; `records` are a variant's, newest first."""
    newest = next((record for record in records if names.is_demo(record) and record.measurements), None)
    if newest is None:
        return ()
    return tuple(
        DemoResult(metric.title, metric.display.unit, measured_cell(newest, metric, path))
        for metric in names.catalogue.metrics.values()
        if metric.scope is Scope.DATASET and metric.key in newest.measurements
    )


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
