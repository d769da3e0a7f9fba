"""Which measurements of two models may be set against each other, and why the others may not."""

from collections.abc import Iterable

from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.core.setting import Machine, Setting, depends_on_machine


def likeness(metric: Metric, record: Record) -> tuple[object, ...]:
    """Return what two measurements must share.

    Speeds must come from one campaign too, since the same machine may have been busy in another.
    """
    version = record.measurements[metric.key].version
    if _is_shared(metric):
        return version, record.id
    if depends_on_machine(metric):
        return version, record.campaign, Setting.of(record, metric)
    return (version,) if record.dataset is None else (version, record.provenance.manifest_sha256)


def obstacle(metric: Metric, first: Record, second: Record) -> str | None:
    """Say what keeps the measurements of two records from being set against each other; None where nothing does."""
    if first.measurements[metric.key].version != second.measurements[metric.key].version:
        return "two definitions of the metric"
    if likeness(metric, first) == likeness(metric, second) and not _is_shared(metric):
        return None
    if not depends_on_machine(metric) or _is_shared(metric):
        return usual_obstacle(metric)
    differences = Setting.of(first, metric).differences(Setting.of(second, metric))
    return f"not compared: {next(differences, 'other campaign')}"


def usual_obstacle(metric: Metric) -> str:
    """Say why two measurements of `metric` are unlike, where it is not known more exactly."""
    if _is_shared(metric):
        return "one pass for all models"
    return "not compared: other machine, settings or campaign" if depends_on_machine(metric) else "not the same images"


def _is_shared(metric: Metric) -> bool:
    """Tell whether a metric is that of a whole pass, which all models of a run share: it tells none from another."""
    return metric.kind is Kind.SAMPLED and metric.scope is Scope.DATASET


def in_turn(records: Iterable[Record]) -> list[Record]:
    """Return records, given newest first, in the order in which they speak: of one campaign the reference first."""
    return sorted(
        records, key=lambda record: (record.started, Machine.of(record.environment).is_reference), reverse=True
    )
