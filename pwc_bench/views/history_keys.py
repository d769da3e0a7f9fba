"""Which records' values may stand in one series: those that only time tells apart."""

from dataclasses import dataclass

from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.core.setting import Setting, depends_on_machine, precision_text

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
