"""One metric of one variant: what was claimed, what we measured, and how the two stand to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Record, Status
from pwc_bench.core.reproduction import Agreement, judge
from pwc_bench.core.variant import Variant
from pwc_bench.views.cells import ClaimCell, MeasuredCell, claim_cell, is_of_own_weights, measured_cell
from pwc_bench.views.links import Link, record_path, relative
from pwc_bench.views.numbers import printed_number, signed_text

__all__ = ["Comparison", "Verdict", "compare_claim", "unmeasured_comparison"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the measurement stands to the claim."""

    state: str
    """"reproduced", "above", "below", "not-comparable" or "not-measured": the end of the style's class."""
    text: str
    """One phrase: "reproduced without the classifier head: 27.3 M"."""
    by_convention: bool = False
    """Whether it holds under the claim's convention and not under the metric's own, as the text says."""
    by_own_weights: bool = False
    """Whether a file of the user's own was measured and no published checkpoint, as the text says."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Claim beside measurement. At least one of the two is there on every row that a page shows."""

    metric: str
    """The metric's key."""
    title: str
    unit: str
    claim: ClaimCell | None
    other_claims: tuple[ClaimCell, ...]
    """What else was published of it."""
    measured: MeasuredCell | None
    absent: str
    """Why there is no measurement: "not measured: no public weights"; "" where there is one."""
    absent_link: Link | None
    """The record of the failed attempt, where there was one."""
    difference: str | None
    """Measurement minus claim with its sign, in the display unit; None where they cannot be compared."""
    verdict: Verdict | None
    """None where there is no claim."""


def compare_claim(
    metric: Metric,
    claims: Sequence[Claim],
    record: Record | None,
    *,
    path: str,
    variant: Variant | None = None,
    failure: Record | None = None,
) -> Comparison:
    """Set the first of `claims` beside what `record` holds, for the page at `path`.

    `variant` tells why nothing was measured; `failure` is the newest failed attempt.
    """
    claim = claims[0] if claims else None
    measured = None if record is None else measured_cell(record, metric, path)
    return Comparison(
        metric=metric.key,
        title=metric.title,
        unit=metric.display.unit,
        claim=None if claim is None else claim_cell(claim),
        other_claims=tuple(claim_cell(other) for other in claims[1:]),
        measured=measured,
        absent="" if measured else _absence(metric, variant, failure),
        absent_link=None if measured or failure is None else Link("see why", relative(path, record_path(failure.id))),
        difference=None if claim is None or record is None else _difference(metric, claim, record),
        verdict=None if claim is None else _verdict(metric, claim, record, variant),
    )


def unmeasured_comparison(claim: Claim) -> Comparison:
    """Show a claim about a metric that we do not measure."""
    return Comparison(
        metric=claim.metric,
        title=claim.metric,
        unit=claim.unit,
        claim=claim_cell(claim),
        other_claims=(),
        measured=None,
        absent="not measured by pwc-bench",
        absent_link=None,
        difference=None,
        verdict=Verdict("not-measured", "a metric that pwc-bench does not measure"),
    )


def _absence(metric: Metric, variant: Variant | None, failure: Record | None) -> str:
    if failure is not None:
        return "not measured: the attempt failed"
    if metric.scope is Scope.DATASET and variant is not None and not variant.checkpoints:
        return "not measured: no public weights"
    return "not measured yet" if variant is not None else "not measured"


def _difference(metric: Metric, claim: Claim, record: Record) -> str | None:
    if _obstacle(metric, claim, record) is not None:
        return None
    value = record.measurements[metric.key].value
    shown = Decimal(repr(value)) * Decimal(repr(metric.display.scale))
    return signed_text(shown - claim.number, metric.display.decimals)


def _verdict(metric: Metric, claim: Claim, record: Record | None, variant: Variant | None) -> Verdict:
    if record is None:
        note = None if variant is None or metric.scope is Scope.MODEL else variant.weights_note
        return Verdict("not-measured", note or "not measured")
    obstacle = _obstacle(metric, claim, record)
    if obstacle is not None:
        return Verdict("not-comparable", f"not comparable: {obstacle}")
    judgement = judge(claim, metric, record.measurements[metric.key])
    if judgement.convention is not None and judgement.convention_value is not None:
        text = f"{metric.display.text(judgement.convention_value)}\N{NO-BREAK SPACE}{metric.display.unit}".strip()
        return Verdict("reproduced", f"reproduced {judgement.convention}: {text}", by_convention=True)
    is_own = is_of_own_weights(record)
    whose = ", with own weights" if is_own else ""
    if judgement.agreement is Agreement.REPRODUCED:
        return Verdict("reproduced", f"reproduced{whose}", by_own_weights=is_own)
    return Verdict(str(judgement.agreement), f"{judgement.agreement} the claim{whose}", by_own_weights=is_own)


def _obstacle(metric: Metric, claim: Claim, record: Record) -> str | None:
    """Say why a measurement and a claim must not be compared, None where they may."""
    if not _is_number(claim):
        return "the claim is no number"
    if not _same_unit(metric, claim):
        return f"printed in {claim.unit or 'units'}"
    if metric.scope is Scope.DATASET and record.status is not Status.COMPLETE:
        return record.status_reason or f"the record is {record.status}"
    if _on_other_hardware(metric, claim, record):
        return f"claimed on {claim.conditions or 'unnamed hardware'}, measured on {record.environment.device}"
    return None


def _is_number(claim: Claim) -> bool:
    return bool(printed_number(claim).sort)


def _same_unit(metric: Metric, claim: Claim) -> bool:
    return claim.unit in {metric.display.unit, metric.unit if metric.display.scale == 1 else metric.display.unit}


def _on_other_hardware(metric: Metric, claim: Claim, record: Record) -> bool:
    """Tell whether a speed was claimed on hardware other than ours, or on hardware that nobody named."""
    if metric.kind is not Kind.SAMPLED:
        return False
    named = [part.strip().casefold() for part in (claim.conditions or "").split(",")]
    return not any(part and part in record.environment.device.casefold() for part in named)
