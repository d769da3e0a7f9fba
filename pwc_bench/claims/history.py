"""A variant's metrics over campaigns, in series of what is comparable, with marks where a level changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pwc_bench.core.archive import Archive
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Record, Status
from pwc_bench.core.setting import Setting, depends_on_machine, precision_text

_FIELDS = (
    "device", "cpu", "cpu_count", "power_limit_watts", "driver", "cuda", "cudnn", "torch", "torchvision", "timm",
    "fvcore", "numpy", "pillow", "decoder", "resize", "python", "os",
)  # fmt: skip
"""Of the environment, in the order in which they are told. What makes another series of a metric cannot differ."""
_HASH_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was another one before."""

    name: str
    """"torch", "commit", "weights"."""
    before: str
    after: str


def changes(before: Record, after: Record) -> tuple[Change, ...]:
    """Return what differs between two records of one variant, as far as both sides are known."""
    return tuple(_changes(before, after))


def _changes(before: Record, after: Record) -> Iterator[Change]:
    old, new = before.provenance, after.provenance
    if after.dataset is not None:  # cost and speed do not look at weights
        yield from _changed("weights", _digits(old.weights.sha256), _digits(new.weights.sha256))
    for name in _FIELDS:
        yield from _changed(
            name.removesuffix("_watts").replace("_", " "),
            getattr(before.environment, name),
            getattr(after.environment, name),
        )
    yield from _changed("pwc-bench", old.harness_version, new.harness_version)
    yield from _changed("commit", _digits(old.git_commit), _digits(new.git_commit))


def _changed(name: str, before: object, after: object) -> Iterator[Change]:
    if before is not None and after is not None and before != after:
        yield Change(name, str(before), str(after))


def _digits(text: str | None) -> str | None:
    return None if text is None else text[:_HASH_DIGITS]


_USUAL_INPUT_PX = 224


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """What all points of a series share. A value on another machine, recipe or image set is another series."""

    metric: str
    dataset: str
    """"" for what depends on the model alone."""
    setting: str
    """All the rest that people read: "NVIDIA H200, bf16, batch 256"; "" where nothing else matters."""
    pixels: str
    """The hashes of recipe and images, which `setting` names in words only."""


def series_key(record: Record, metric: Metric) -> SeriesKey:
    """Return the series of a record's value of `metric`. Raises KeyError where it was not measured."""
    parts: list[str] = []
    if depends_on_machine(metric):
        parts.append(Setting.of(record, metric).text)
    elif metric.kind is not Kind.EXACT:
        parts.append(precision_text(record.environment))
    parts += _images(record) if metric.scope is Scope.DATASET else _input(record)
    version = record.measurements[metric.key].version
    if version != metric.version:
        parts.append(f"version {version} of the metric")
    return SeriesKey(metric.key, record.dataset or "", ", ".join(parts), _pixels(record, metric))


def _input(record: Record) -> list[str]:
    """Name the size of the input unless it is the usual one, which older records leave unsaid."""
    return [] if record.input_px in (None, _USUAL_INPUT_PX) else [f"inputs of {record.input_px} px"]


def _images(record: Record) -> list[str]:
    provenance = record.provenance
    seen = provenance.images_seen
    return [
        *([provenance.recipe.key] if provenance.recipe is not None else []),
        *([f"{seen:,} images"] if seen is not None else []),
        f"{provenance.weights.status} weights",
    ]


def _pixels(record: Record, metric: Metric) -> str:
    if metric.scope is not Scope.DATASET:
        return ""
    recipe = record.provenance.recipe
    return f"{'' if recipe is None else recipe.sha256} {record.provenance.manifest_sha256 or ''}"


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
