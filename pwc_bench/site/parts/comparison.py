"""One metric of one variant: what was claimed, what we measured, and how the two stand to each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pwc_bench.claims.answers import Absence, Reproduction, absence, ratio_text, reproduce
from pwc_bench.claims.numbers import aligned, signed_text
from pwc_bench.claims.ratios import SpeedRatio, SpeedRatios
from pwc_bench.claims.reproduction import Agreement
from pwc_bench.core.claim import Claim
from pwc_bench.core.links import Link, record_path, relative
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record
from pwc_bench.core.variant import Variant
from pwc_bench.site.parts.cells import ClaimCell, MeasuredCell, claim_cell, measured_cell, setting_text


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the measurement stands to the claim."""

    state: str
    """"reproduced", "above", "below", "not-comparable" or "not-measured": the end of the style's class."""
    stand: str
    """The same as counts name it: "not comparable", "without public weights"."""
    text: str
    """One phrase: "reproduced without the classifier head: 27.3 M"."""
    brief: str = ""
    """The same without the conditions, for tables that tell them in columns of their own; "" where it names none."""
    by_convention: bool = False
    """Whether it holds under the claim's convention and not under the metric's own, as the text says."""
    by_own_weights: bool = False
    """Whether a file of the user's own was measured and no published checkpoint, as the text says."""
    by_ratio: bool = False
    """Whether a speed on other hardware was compared as a ratio between variants, as the text says."""
    rule: str | None = None
    """By what it was judged: "digits", "tolerance", "spread", "interval", "ratio"; None where no rule holds."""
    compared: float | None = None
    """The number that was compared, in the display unit, or the ratio."""
    convention: str | None = None
    """The convention of that number, where the metric has several: "without-attention-products"."""
    other_record: str | None = None
    """The id of the record that a ratio is to."""
    judged_record: str | None = None
    """The id of the record that was judged, where it is not the one whose number stands beside the claim."""
    judged: Link | None = None
    """That record."""
    other: Link | None = None
    """The record of the variant that the ratio is to; the measured number beside it is that of the variant itself."""


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
    percent: str | None = None
    """The difference as a share of the claim: "+6.6 %"; None where `difference` is."""


def compare_claim(
    metric: Metric,
    claims: Sequence[Claim],
    record: Record | None,
    *,
    path: str,
    variant: Variant | None = None,
    failure: Record | None = None,
    ratios: SpeedRatios | None = None,
    answer: Record | None = None,
) -> Comparison:
    """Set the first of `claims` beside what `record` holds, for the page at `path`.

    `answer` is the record that the claim is judged by, where that is not the one which is shown.
    `variant` tells why nothing was measured; `failure` is the newest failed attempt; `ratios` compares speeds that
    were claimed on other hardware.
    """
    claim = claims[0] if claims else None
    judged = answer or record
    found = None if claim is None else reproduce(metric, claim, judged, variant=variant, failure=failure, ratios=ratios)
    verdict, is_shown = None if found is None else _verdict(found, path), judged is record
    if verdict is not None and judged is not None and not is_shown:
        verdict = _judged_elsewhere(verdict, metric, judged, path)
    measured = None if record is None else measured_cell(record, metric, path)
    return Comparison(
        metric=metric.key,
        title=metric.title,
        unit=metric.display.unit,
        claim=None if claim is None else claim_cell(claim, metric),
        other_claims=tuple(claim_cell(other, metric) for other in claims[1:]),
        measured=measured,
        absent="" if measured else _absence(metric, variant, failure),
        absent_link=None if measured or failure is None else Link("see why", relative(path, record_path(failure.id))),
        difference=_difference(metric, found) if found is not None and is_shown else None,
        verdict=verdict,
        percent=_percent(found) if found is not None and is_shown else None,
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
        verdict=_verdict(reproduce(None, claim, None), ""),
    )


def _absence(metric: Metric, variant: Variant | None, failure: Record | None) -> str:
    return {
        Absence.FAILED: "not measured: the attempt failed",
        Absence.NO_WEIGHTS: "not measured: no public weights",
    }.get(absence(metric, variant, failure), "not measured" if variant is None else "not measured yet")


def _difference(metric: Metric, found: Reproduction) -> str | None:
    return None if found.difference is None else signed_text(found.difference, metric.display.decimals)


def _percent(found: Reproduction) -> str | None:
    if found.difference_percent is None:
        return None
    return f"{signed_text(found.difference_percent, 1)}\N{NO-BREAK SPACE}%"


def _verdict(found: Reproduction, path: str) -> Verdict:
    return Verdict(
        state=str(found.agreement).replace(" ", "-"),
        stand=found.stand,
        text=found.reason,
        brief="" if found.ratio is None else _brief(found, found.ratio),
        by_convention=found.reading is not None,
        by_own_weights=found.by_own_weights and found.reading is None,
        by_ratio=found.ratio is not None,
        rule=found.rule,
        compared=None if found.compared is None else round(float(found.compared), 9),
        convention=None if found.compared is None else found.convention,
        other_record=None if found.ratio is None else found.ratio.reference_record,
        other=None if found.ratio is None else _other(found.ratio, path),
    )


def _judged_elsewhere(verdict: Verdict, metric: Metric, record: Record, path: str) -> Verdict:
    """Say in which setting the number was made that was judged: another one stands beside the claim."""
    setting = setting_text(record, metric)
    return replace(
        verdict,
        text=f"{verdict.text}; judged by what was measured on {setting}",
        judged_record=record.id,
        judged=Link(f"judged on {setting}", relative(path, record_path(record.id))),
    )


def _brief(found: Reproduction, ratio: SpeedRatio) -> str:
    if found.agreement is Agreement.NOT_COMPARABLE:
        return f"not comparable across kinds of device; {ratio_text(ratio)}"
    return f"{found.agreement} {ratio_text(ratio)}"


def _other(ratio: SpeedRatio, path: str) -> Link:
    return Link(f"record of {ratio.reference}", relative(path, record_path(ratio.reference_record)))


def aligned_comparisons(cells: Sequence[Comparison]) -> list[Comparison]:
    """Return a column's comparisons with the decimal points of claims, and of measurements, below each other."""
    claims = aligned([cell.claim.number if cell.claim else None for cell in cells])
    found = aligned([cell.measured.number if cell.measured else None for cell in cells])
    return [
        replace(
            cell,
            claim=replace(cell.claim, number=claim) if cell.claim and claim else None,
            measured=replace(cell.measured, number=number) if cell.measured and number else None,
        )
        for cell, claim, number in zip(cells, claims, found, strict=True)
    ]
