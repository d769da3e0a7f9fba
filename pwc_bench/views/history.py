"""A variant's metrics over campaigns, in series of what is comparable, with marks where a level changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pwc_bench.core.archive import Archive
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.record import Record, Status
from pwc_bench.views.history_changes import Change, changes
from pwc_bench.views.history_keys import SeriesKey, series_key

MOST_POINTS = 60
"""A series shows its newest points; older ones are counted."""


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One measurement."""

    record_id: str
    campaign: str
    started: str
    """UTC, ISO 8601."""
    value: float
    """In the metric's unit."""
    interval: tuple[float, float] | None
    is_partial: bool
    changes: tuple[Change, ...]
    """What else differs from the point before."""

    @property
    def new_weights(self) -> bool:
        """Tell whether the weights are other ones than those of the point before (of accuracy only)."""
        return any(change.name == "weights" for change in self.changes)


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A change of the level."""

    index: int
    """The first point of the new level."""
    before: float
    """The level before, in the metric's unit."""
    after: float
    p_value: float | None
    """None for values without noise, where any change is one."""
    is_better: bool


@dataclass(frozen=True, slots=True)
class HistoryLevel:
    """The median between two steps."""

    value: float
    """In the metric's unit."""
    start: int
    """Its first point."""
    end: int
    """The first point of the next level."""


@dataclass(frozen=True, slots=True)
class HistorySeries:
    """One metric under one setting, oldest first."""

    metric: Metric
    dataset: str | None
    setting: str
    """What all points share: "NVIDIA H200, bf16, batch 256"; "" where only the metric matters."""
    points: tuple[HistoryPoint, ...]
    """At least one."""
    steps: tuple[HistoryStep, ...]
    older: int
    """Points before the first one that is shown."""

    @property
    def is_constant(self) -> bool:
        """Tell whether every point has the same value."""
        return all(point.value == self.points[0].value for point in self.points)

    @property
    def levels(self) -> tuple[HistoryLevel, ...]:
        """Return the levels on both sides of each step, oldest first; none where there is no step."""
        edges = [0, *(step.index for step in self.steps), len(self.points)]
        values = [*(step.before for step in self.steps[:1]), *(step.after for step in self.steps)]
        return tuple(HistoryLevel(value, *ends) for value, ends in zip(values, pairwise(edges), strict=False))


def histories(archive: Archive, variant: str, metric: str | None = None) -> tuple[HistorySeries, ...]:
    """Return the series of a variant, of one metric or of all, in the order of the metrics and then by setting."""
    metrics = archive.catalogue.metrics
    wanted = tuple(item for key, item in metrics.items() if metric in (None, key))
    return series_of(archive.records(variant=variant), wanted)


def series_of(records: Iterable[Record], metrics: Sequence[Metric]) -> tuple[HistorySeries, ...]:
    """Return the series of one variant's `records`, given newest first. Failed records hold no points."""
    newest: dict[SeriesKey, list[Record]] = {}
    older: dict[SeriesKey, int] = {}
    for record in records:
        if record.status is Status.FAILED:
            continue
        for metric in metrics:
            if metric.key in record.measurements:
                key = series_key(record, metric)
                kept = newest.setdefault(key, [])
                if len(kept) < MOST_POINTS:
                    kept.append(record)
                else:
                    older[key] = older.get(key, 0) + 1
    by_key = {metric.key: (place, metric) for place, metric in enumerate(metrics)}
    ordered = sorted(newest, key=lambda key: (by_key[key.metric][0], key))
    return tuple(_series(by_key[key.metric][1], key, newest[key][::-1], older.get(key, 0)) for key in ordered)


def _series(metric: Metric, key: SeriesKey, records: Sequence[Record], older: int) -> HistorySeries:
    points = tuple(
        _point(metric, record, before) for record, before in zip(records, (None, *records[:-1]), strict=True)
    )
    values = [point.value for point in points]
    return HistorySeries(metric, key.dataset or None, key.setting, points, _steps(metric, values), older)


def _point(metric: Metric, record: Record, before: Record | None) -> HistoryPoint:
    measurement = record.measurements[metric.key]
    return HistoryPoint(
        record_id=record.id,
        campaign=record.campaign,
        started=record.started,
        value=measurement.value,
        interval=measurement.interval,
        is_partial=record.status is Status.PARTIAL,
        changes=() if before is None else changes(before, record),
    )


def _steps(metric: Metric, values: Sequence[float]) -> tuple[HistoryStep, ...]:
    """Find the steps by the metric's kind: what is computed from the same images or from code alone has no noise."""
    if len(values) < 2 or all(value == values[0] for value in values):
        return ()  # before scipy is imported, which takes its time
    from pwc_bench.statistics.steps import exact_steps, noisy_steps

    if metric.kind in (Kind.EXACT, Kind.PAIRED):
        found = exact_steps(values, tolerance=metric.tolerance if metric.kind is Kind.PAIRED else 0.0)
    else:
        found = noisy_steps(values)
    return tuple(
        HistoryStep(step.index, step.before, step.after, step.p_value, metric.improves(step.after, step.before))
        for step in found
    )
