"""Claim beside measurement: the two halves of every comparison on the site."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.claims.comparability import is_of_own_weights, is_possible
from pwc_bench.claims.numbers import Number, interval_text, measured_number, printed_number
from pwc_bench.core.claim import Claim, printed_interval, unit_as_printed
from pwc_bench.core.links import record_path, relative, safe_url
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.ranking import Interval
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.setting import Machine, Setting, depends_on_machine, precision_text


@dataclass(frozen=True, slots=True)
class StatusBadge:
    """What makes a record less than complete, or less than the published model."""

    kind: str
    """"partial", "failed", "demo", "local" or, of a value, "caution": the end of the style's class."""
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
    spread: Interval | None = None
    """Where the publication itself leaves the number, by its digits and a spread behind it, in its column's unit; None
    where it is not sorted, or in no column."""


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
    spread: Interval | None
    """Where the value may truly lie, in the display unit: a count nowhere else. None for anything else without an
    interval, of which nobody knows."""
    href: str
    """The record's page."""
    record_id: str
    status: StatusBadge | None
    device: str
    precision: str
    """"fp32 with TF32"."""
    implementation: str
    batch_size: int | None
    """Of a number that depends on it, None for any other."""
    threads: int | None
    """Torch's own, of a number that depends on them."""
    setting: str
    """The machine and how it was used: "NVIDIA H200, bf16, batch 256"."""
    conditions: str
    """The same with the day."""
    caveats: tuple[str, ...]
    machine_key: str | None = None
    """The beginning of the machine's word whose choice shows it, "nvidia-h200+bf16+fused"; None if none does."""
    is_usual: bool = True
    """Whether it may stand beside the other numbers of its column: a speed only in the column's own setting."""
    caution: StatusBadge | None = None
    """What must be known to read it, if there is anything."""

    @property
    def is_count(self) -> bool:
        """Tell whether it is exact, so that no machine changes it."""
        return self.spread is not None and self.bounds is None

    @property
    def machine(self) -> Machine:
        """Return the machine that the number owes to: an accuracy nothing to the implementation, checked equal."""
        return Machine(self.device, self.precision, "" if self.batch_size is None else self.implementation)


def unit_text(metric: Metric) -> str:
    """Return the unit as it stands in headings, "" for plain counts."""
    return metric.display.unit


def claim_cell(claim: Claim, metric: Metric | None = None) -> ClaimCell:
    """Show a claim with the digits that were printed, in a column of `metric` or, with None, by itself.

    What `metric` cannot be is neither sorted nor drawn.
    """
    number = printed_number(claim, metric)
    is_sorted = metric is None or is_possible(metric, claim)
    details = [text for text in (claim.conditions, _additional(claim, metric), claim.evaluated_on) if text]
    return ClaimCell(
        number=number if is_sorted else Number(number.text, ""),
        unit=claim.unit,
        source=claim.source,
        source_text=f"{claim.source} ({', '.join(details)})" if details else claim.source,
        href=safe_url(claim.source_url),
        conditions=claim.conditions,
        own_unit="" if metric is None else unit_as_printed(claim, metric),
        spread=_claim_spread(claim, metric) if metric is not None and is_sorted and number.sort else None,
    )


def measured_cell(record: Record, metric: Metric, path: str) -> MeasuredCell:
    """Show what `record` says of `metric` on the page at `path`. Raises KeyError where it says nothing."""
    measurement = record.measurements[metric.key]
    environment, setting = record.environment, setting_text(record, metric)
    is_of_machine = depends_on_machine(metric)
    bounds = None if measurement.interval is None else _plain(metric, measurement.interval)
    return MeasuredCell(
        number=measured_number(metric, measurement.value),
        unit=metric.display.unit,
        interval=interval_text(metric, measurement.interval),
        bounds=bounds,
        spread=_spread(metric, measurement.value, bounds),
        href=relative(path, record_path(record.id)),
        record_id=record.id,
        status=record_badge(record),
        device=environment.device,
        precision=precision_text(environment),
        implementation=environment.implementation,
        batch_size=record.batch_size_of(metric.key) if is_of_machine else None,
        threads=environment.threads if is_of_machine else None,
        setting=setting,
        conditions=f"{setting}, {record.started[:10]}",
        caveats=measurement.caveats,
        caution=StatusBadge("caution", "caveat", " ".join(measurement.cautions)) if measurement.cautions else None,
    )


def _spread(metric: Metric, value: float, bounds: tuple[str, str] | None) -> Interval | None:
    if bounds is not None:
        return float(bounds[0]), float(bounds[1])
    shown = float(measured_number(metric, value).sort)
    return (shown, shown) if metric.kind is Kind.EXACT else None


def setting_text(record: Record, metric: Metric) -> str:
    """Return how a number was made: of a speed its whole setting, of all else the device and the precision."""
    if depends_on_machine(metric):
        return Setting.of(record, metric).text
    return Machine.of(record.environment)._replace(implementation="").text


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


def _claim_spread(claim: Claim, metric: Metric) -> Interval:
    low, high = printed_interval(claim, metric)
    return float(low), float(high)


def _plain(metric: Metric, interval: tuple[float, float]) -> tuple[str, str]:
    low, high = (measured_number(metric, end).sort for end in interval)
    return low, high


def _images(record: Record) -> str:
    seen, expected = record.provenance.images_seen, record.provenance.images_expected
    if seen is None or expected is None:
        return "incomplete"
    return f"{seen:,} of {expected:,} images"


def _additional(claim: Claim, metric: Metric | None) -> str | None:
    if claim.uses_additional_data is None or (metric is not None and metric.scope is Scope.MODEL):
        return None  # what a model was trained on changes neither its cost nor its speed
    return "uses additional training data" if claim.uses_additional_data else "no additional training data"
