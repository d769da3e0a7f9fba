"""Claim beside measurement: the two halves of every comparison on the site."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.claim import Claim
from pwc_bench.core.claim_unit import unit_as_printed
from pwc_bench.core.comparability import is_of_own_weights, is_possible
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Environment, Record, Status, WeightsStatus
from pwc_bench.core.slug import slugify
from pwc_bench.views.links import record_path, relative, safe_url
from pwc_bench.views.numbers import Number, interval_text, measured_number, printed_number

__all__ = [
    "ClaimCell",
    "MeasuredCell",
    "StatusBadge",
    "claim_cell",
    "depends_on_machine",
    "is_of_own_weights",
    "machine_key",
    "machine_text",
    "measured_cell",
    "own_implementation",
    "precision_text",
    "record_badge",
    "unit_text",
]


@dataclass(frozen=True, slots=True)
class StatusBadge:
    """What makes a record less than complete, or less than the published model."""

    kind: str
    """"partial", "failed", "demo" or "local": the end of the style's class."""
    text: str
    """All that holds: "partial, own weights"."""
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
    own_unit: str = ""
    """What must be said beside the number because its column is of another unit: "nats", "a plain count"."""


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
    batch_size: int | None
    """Of a number that depends on it, None for any other."""
    machine: str
    """The machine and its precision: "NVIDIA H200, bf16"; speeds on different ones are not compared."""
    machine_key: str | None
    """The same as a word, "nvidia-h200+bf16"; None for exact counts, which no machine changes."""
    setting: str
    """The machine and how it was used: "NVIDIA H200, bf16, batch 256"."""
    conditions: str
    """Everything that the number depends on, as one line."""
    caveats: tuple[str, ...]


def unit_text(metric: Metric) -> str:
    """Return the unit as it stands in headings, "" for plain counts."""
    return metric.display.unit


def claim_cell(claim: Claim, metric: Metric | None = None) -> ClaimCell:
    """Show a claim with the digits that were printed, in a column of `metric` or, with None, by itself.

    What `metric` cannot be is neither sorted nor drawn.
    """
    number = printed_number(claim, metric)
    is_sorted = metric is None or is_possible(metric, claim)
    details = [text for text in (claim.conditions, _additional(claim), claim.evaluated_on) if text]
    return ClaimCell(
        number=number if is_sorted else Number(number.text, ""),
        unit=claim.unit,
        source=claim.source,
        source_text=f"{claim.source} ({', '.join(details)})" if details else claim.source,
        href=safe_url(claim.source_url),
        conditions=claim.conditions,
        own_unit="" if metric is None else unit_as_printed(claim, metric),
    )


def measured_cell(record: Record, metric: Metric, path: str) -> MeasuredCell:
    """Show what `record` says of `metric` on the page at `path`. Raises KeyError where it says nothing."""
    measurement = record.measurements[metric.key]
    environment = record.environment
    size = record.batch_size_of(metric.key) if depends_on_machine(metric) else None
    batch = () if size is None else (f"batch {size}",)
    conditions = (
        environment.device,
        environment.precision + (" (TF32)" if environment.tf32 else ""),
        *batch,
        *(own_implementation(environment) if size is not None else ()),
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
        batch_size=size,
        machine=machine_text(environment),
        machine_key=None if metric.kind is Kind.EXACT else machine_key(environment),
        setting=", ".join((machine_text(environment), *batch)),
        conditions=", ".join(conditions),
        caveats=measurement.caveats,
    )


def machine_text(environment: Environment) -> str:
    """Return the device and the precision in which it computed: "NVIDIA H200, fp32 with TF32"."""
    return f"{environment.device}, {precision_text(environment)}"


def machine_key(environment: Environment) -> str:
    """Return the same as a word of the page's filters: "nvidia-h200+fp32-with-tf32"."""
    return f"{slugify(environment.device)}+{slugify(precision_text(environment))}"


def precision_text(environment: Environment) -> str:
    """Return the precision in which it computed: "bf16", "fp32 with TF32"."""
    return environment.precision + (" with TF32" if environment.tf32 else "")


def own_implementation(environment: Environment) -> tuple[str, ...]:
    """Name the implementation where it is not the reference: a speed is that of the code which ran."""
    return () if environment.implementation == "reference" else (f"{environment.implementation} implementation",)


def depends_on_machine(metric: Metric) -> bool:
    """Tell whether a metric depends on the machine and the batch: sampled ones, and descriptive ones of the model."""
    return metric.kind is Kind.SAMPLED or (metric.kind is Kind.DESCRIPTIVE and metric.scope is Scope.MODEL)


def record_badge(record: Record) -> StatusBadge | None:
    """Say what a reader must know before the number: failed, a demo, incomplete, somebody's own weights."""
    flags = tuple(_flags(record))
    if not flags:
        return None
    return StatusBadge(flags[0].kind, ", ".join(flag.text for flag in flags), "; ".join(flag.reason for flag in flags))


def _flags(record: Record) -> Iterator[StatusBadge]:
    if record.status is Status.FAILED:
        yield StatusBadge("failed", "failed", record.status_reason or "something could not be measured")
    if record.dataset is not None and record.provenance.weights.status is WeightsStatus.PROBE:
        yield StatusBadge("demo", "demo", "a random backbone with a fitted head: a demo of the pipeline, no result")
    if record.status is Status.PARTIAL:
        yield StatusBadge("partial", "partial", record.status_reason or _images(record))
    if is_of_own_weights(record):
        yield StatusBadge("local", "own weights", "measured with a file of the user's own, no published checkpoint")


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
