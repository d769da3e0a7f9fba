"""Claim beside measurement: the two halves of every comparison on the site."""

from dataclasses import dataclass

from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.views.links import record_path, relative, safe_url
from pwc_bench.views.numbers import Number, interval_text, measured_number, printed_number

__all__ = ["ClaimCell", "MeasuredCell", "StatusBadge", "claim_cell", "measured_cell", "record_badge", "unit_text"]


@dataclass(frozen=True, slots=True)
class StatusBadge:
    """What makes a record less than complete, or less than the published model."""

    kind: str
    """"partial", "failed", "demo" or "local": the end of the style's class."""
    text: str
    reason: str
    """The whole sentence."""


@dataclass(frozen=True, slots=True)
class ClaimCell:
    """What was published."""

    number: Number
    unit: str
    """As printed."""
    source: str
    """"Table 1"."""
    source_text: str
    """The source with everything that the number depends on: "Table 1 (Quadro GP100, batch 128)"."""
    href: str | None
    """Where the source can be read."""
    conditions: str | None


@dataclass(frozen=True, slots=True)
class MeasuredCell:
    """What we measured."""

    number: Number
    unit: str
    """The display unit."""
    interval: str | None
    """The 95 % interval: "80.9-81.6"."""
    bounds: tuple[str, str] | None
    """The interval's ends as plain digits in the display unit."""
    href: str
    """The record's page."""
    record_id: str
    status: StatusBadge | None
    device: str
    precision: str
    conditions: str
    """Everything that the number depends on, as one line."""
    caveats: tuple[str, ...]


def unit_text(metric: Metric) -> str:
    """Return the unit as it stands in headings, "" for plain counts."""
    return metric.display.unit


def claim_cell(claim: Claim) -> ClaimCell:
    """Show a claim with the digits that were printed."""
    details = [text for text in (claim.conditions, _additional(claim), claim.evaluated_on) if text]
    return ClaimCell(
        number=printed_number(claim),
        unit=claim.unit,
        source=claim.source,
        source_text=f"{claim.source} ({', '.join(details)})" if details else claim.source,
        href=safe_url(claim.source_url),
        conditions=claim.conditions,
    )


def measured_cell(record: Record, metric: Metric, path: str) -> MeasuredCell:
    """Show what `record` says of `metric` on the page at `path`. Raises KeyError where it says nothing."""
    measurement = record.measurements[metric.key]
    environment = record.environment
    conditions = (
        environment.device,
        environment.precision + (" (TF32)" if environment.tf32 else ""),
        f"batch {environment.batch_size}",
        *(("compiled",) if environment.compile else ()),
        record.started[:10],
    )
    return MeasuredCell(
        number=measured_number(metric, measurement.value),
        unit=metric.display.unit,
        interval=interval_text(metric, measurement.interval),
        bounds=None if measurement.interval is None else _plain(metric, measurement.interval),
        href=relative(path, record_path(record.id)),
        record_id=record.id,
        status=record_badge(record),
        device=environment.device,
        precision=environment.precision,
        conditions=", ".join(conditions),
        caveats=measurement.caveats,
    )


def record_badge(record: Record) -> StatusBadge | None:
    """Say what a reader must know before the number: incomplete, a demo, or somebody's own weights."""
    if record.status is Status.FAILED:
        return StatusBadge("failed", "failed", record.status_reason or "something could not be measured")
    weights = record.provenance.weights.status
    if record.dataset is not None and weights is WeightsStatus.PROBE:
        return StatusBadge("demo", "demo", "a random backbone with a fitted head: a demo of the pipeline, no result")
    if record.status is Status.PARTIAL:
        return StatusBadge("partial", "partial", record.status_reason or _images(record))
    if record.dataset is not None and weights is WeightsStatus.LOCAL:
        return StatusBadge("local", "own weights", "measured with a file of the user's own, no published checkpoint")
    return None


def _plain(metric: Metric, interval: tuple[float, float]) -> tuple[str, str]:
    low, high = (measured_number(metric, end).sort for end in interval)
    return low, high


def _images(record: Record) -> str:
    seen, expected = record.provenance.images_seen, record.provenance.images_expected
    if seen is None or expected is None:
        return "incomplete"
    return f"{seen:,} of {expected:,} images"


def _additional(claim: Claim) -> str | None:
    return "uses additional training data" if claim.uses_additional_data else None
