"""The answer to each claim of an archive: which record speaks to it, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial

from pwc_bench.claims.comparability import (
    Obstacle,
    checkpoint_allowance,
    device_type_of,
    find_obstacle,
    is_of_own_weights,
)
from pwc_bench.claims.current import Current, current_records, site_usage
from pwc_bench.claims.numbers import EN_DASH
from pwc_bench.claims.ratios import SpeedRatio, SpeedRatios
from pwc_bench.claims.reproduction import Agreement, Basis, Judgement, Reading, displayed, judge, readings, shown_claim
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.core.variant import Variant

_MOST_NAMED = 4


class Absence(StrEnum):
    """Why nothing was measured, as counts name it."""

    NO_WEIGHTS = "without public weights"
    NOT_YET = "not measured yet"
    FAILED = "failed when they were to be measured"
    BEYOND = "beyond what pwc-bench measures"


@dataclass(frozen=True, slots=True)
class Reproduction:
    """One claim, answered. Numbers are raw; what shows them rounds them."""

    claim: Claim
    record: Record | None
    """The record that answers it, None where there is none."""
    agreement: Agreement
    reason: str
    """The whole verdict as one phrase: "reproduced without the attention products: 5.358 GFLOPs"."""
    difference: Decimal | None = None
    """Measurement minus claim in the display unit; None where they must not be compared."""
    difference_percent: Decimal | None = None
    """The same as a share of the claim; None also where the claim is 0."""
    basis: Basis | None = None
    """Why it is reproduced; None where it is not."""
    reading: Reading | None = None
    """The convention under which it is reproduced, where that is not the metric's own."""
    readings: tuple[Reading, ...] = ()
    """The measurement under every convention that its details allow, the metric's own first."""
    ratio: SpeedRatio | None = None
    """How a speed on other hardware stands as a ratio: judged on a device of the claim's kind, else context alone."""
    by_own_weights: bool = False
    """Whether a file of the user's own was measured and no published checkpoint."""
    compared: Decimal | None = None
    """The number that was set against the claim, in the display unit, or a ratio; None where none was."""
    absence: Absence | None = None
    """Why it was not measured; None if it was."""

    @property
    def stand(self) -> str:
        """Return how the claim stands, as counts name it: "reproduced", "without public weights"."""
        return str(self.absence or self.agreement)

    @property
    def rule(self) -> str | None:
        """Return by which rule it is judged: "digits", "spread", "interval", "ratio", ...; None if none holds."""
        if self.ratio is not None and self.agreement is not Agreement.NOT_COMPARABLE:
            return "ratio"
        return None if self.basis is None else str(self.basis)

    @property
    def convention(self) -> str | None:
        """Return the convention of the number that was compared, "total"; None for a metric that has no others."""
        if self.reading is not None:
            return self.reading.key
        return self.readings[0].key if self.readings else None


@dataclass(frozen=True, slots=True)
class Tally:
    """How claims stand, all of them: what was not measured or cannot be compared is never left out of a count."""

    counts: Mapping[str, int]
    """How many stand in each way, see `Reproduction.stand`."""
    unmeasured: tuple[str, ...]
    """The titles of the metrics of which some claim was not measured."""

    @staticmethod
    def of(claims: Iterable[tuple[str, str]]) -> "Tally":
        """Count claims by how they stand, each with its metric's title."""
        found = [(str(stand), title) for stand, title in claims]
        missing = dict.fromkeys(title for stand, title in found if stand in _ABSENCES)
        return Tally(Counter(stand for stand, _ in found), tuple(missing))

    @property
    def claims(self) -> int:
        """Return how many claims there are."""
        return sum(self.counts.values())

    @property
    def text(self) -> str:
        """Return it as people read it: "13 of 30 claims reproduced; 6 without public weights, 5 not comparable"."""
        absent = {stand: self.counts[stand] for stand in _ABSENCES if self.counts.get(stand)}
        if sum(absent.values()) == self.claims:
            said = f"{self.claims:,} claim{'' if self.claims == 1 else 's'}, none measured"
            rest = {} if list(absent) in ([], [Absence.NOT_YET]) else absent
        else:
            said = f"{self.counts.get(Agreement.REPRODUCED, 0):,} of {self.claims:,} claims reproduced"
            apart = self.counts.get(Agreement.NOT_COMPARABLE, 0)
            rest = absent | ({str(Agreement.NOT_COMPARABLE): apart} if apart else {})
        further = ", ".join(f"{count:,} {stand}" for stand, count in rest.items())
        return f"{said}; {further}" if further else said

    @property
    def whole_text(self) -> str:
        """Return the same with the metrics of what is not measured: "...; not measured yet: Top-1 accuracy"."""
        names = self.unmeasured[:_MOST_NAMED]
        more = [f"{len(self.unmeasured) - _MOST_NAMED} further metrics"] * (len(self.unmeasured) > _MOST_NAMED)
        return f"{self.text} ({', '.join([*names, *more])} not measured)" if names else self.text


_ABSENCES = tuple(map(str, Absence))


def reproduce(
    metric: Metric | None,
    claim: Claim,
    record: Record | None,
    *,
    variant: Variant | None = None,
    failure: Record | None = None,
    ratios: SpeedRatios | None = None,
) -> Reproduction:
    """Judge `claim` by what `record` holds of `metric`; None for a metric that we do not measure.

    `variant` and `failure`, the newest failed attempt, tell why nothing was measured; `ratios` compares speeds that
    were claimed on other hardware.
    """
    if metric is None:
        return _not_measured(claim, Absence.BEYOND, "a metric that pwc-bench does not measure")
    if record is None:
        return _not_measured(claim, *_absence(metric, claim, variant, failure))
    obstacle = find_obstacle(metric, claim, record)
    if obstacle is not None:
        return _not_comparable(metric, claim, record, obstacle, ratios)
    return _judged(metric, claim, record)


def absence(metric: Metric, variant: Variant | None, failure: Record | None) -> Absence:
    """Return why nothing was measured of a variant: the newest attempt failed, it has no public weights, or no time."""
    if failure is not None:
        return Absence.FAILED
    if metric.scope is Scope.DATASET and variant is not None and not variant.checkpoints:
        return Absence.NO_WEIGHTS
    return Absence.NOT_YET


def ratio_text(ratio: SpeedRatio) -> str:
    """Write both ratios: "as a ratio to DeiT-Ti: claimed 0.509, measured 0.494 (0.486-0.502)", with an en dash."""
    low, high = ratio.interval
    interval = f"{low:.3f}{EN_DASH}{high:.3f}"
    return f"as a ratio to {ratio.reference}: claimed {ratio.claimed:.3f}, measured {ratio.measured:.3f} ({interval})"


def _not_measured(claim: Claim, absence: Absence, reason: str) -> Reproduction:
    return Reproduction(claim, None, Agreement.NOT_MEASURED, reason, absence=absence)


def _absence(metric: Metric, claim: Claim, variant: Variant | None, failure: Record | None) -> tuple[Absence, str]:
    """Return why nothing was measured, and the same as a phrase."""
    if claim.variant is None:
        about = f" ({claim.conditions})" if claim.conditions else ""
        return Absence.BEYOND, f"not measured: the claim speaks of a model that no family declares{about}"
    kind = absence(metric, variant, failure)
    if kind is Absence.FAILED:
        why = f": {failure.status_reason}" if failure is not None and failure.status_reason else ""
        return kind, f"not measured: the attempt failed{why}"
    if kind is Absence.NO_WEIGHTS:
        return kind, (variant is not None and variant.weights_note) or "not measured: no public weights"
    return kind, "not measured" if variant is None else "not measured yet"


def _not_comparable(
    metric: Metric, claim: Claim, record: Record, obstacle: Obstacle, ratios: SpeedRatios | None
) -> Reproduction:
    """Refuse the comparison; a speed on another device of the same kind is judged as a ratio to another one's there.

    Between kinds of device (a claim on a GPU, two CPU cores) the ratio has other bottlenecks: context, no verdict.
    """
    reason = f"not comparable: {obstacle.reason}"
    if ratios is None or not obstacle.is_hardware:
        return Reproduction(claim, record, Agreement.NOT_COMPARABLE, reason)
    ratio = ratios.of(claim, metric, record)
    if ratio is not None:
        where = f"claimed on {claim.conditions or 'unnamed hardware'}, measured on {ratio.setting}"
        if device_type_of(claim.conditions) != ratio.device_type:
            reason = f"not comparable: {where}, {_kinds(claim)}; {ratio_text(ratio)}"
            return Reproduction(claim, record, Agreement.NOT_COMPARABLE, reason, ratio=ratio)
        reason = f"{ratio.agreement} {ratio_text(ratio)}; {where}"
        return Reproduction(claim, record, ratio.agreement, reason, ratio=ratio, compared=Decimal(repr(ratio.measured)))
    if ratios.is_reference(claim, metric, record):
        reason += f"; the other speeds of {claim.source} are set as ratios to this one"
    return Reproduction(claim, record, Agreement.NOT_COMPARABLE, reason)


def _kinds(claim: Claim) -> str:
    known = device_type_of(claim.conditions) is not None
    return "a device of another kind" if known else "and devices of unknown kinds are not compared"


def _judged(metric: Metric, claim: Claim, record: Record) -> Reproduction:
    measurement = record.measurements[metric.key]
    judgement = judge(claim, metric, measurement, checkpoint_allowance(metric, record))
    claimed = shown_claim(claim, metric)
    difference = displayed(metric, measurement.value) - claimed
    return Reproduction(
        claim=claim,
        record=record,
        agreement=judgement.agreement,
        reason=_reason(metric, record, judgement),
        difference=difference,
        difference_percent=100 * difference / claimed if claimed else None,
        basis=judgement.basis,
        reading=judgement.reading,
        readings=readings(measurement),
        by_own_weights=is_of_own_weights(record),
        compared=displayed(metric, measurement.value if judgement.reading is None else judgement.reading.value),
    )


def _reason(metric: Metric, record: Record, judgement: Judgement) -> str:
    whose = ", with own weights" if is_of_own_weights(record) else ""
    reading = judgement.reading
    if reading is not None:
        text = f"{metric.display.text(reading.value)}\N{NO-BREAK SPACE}{metric.display.unit}".strip()
        return f"reproduced {reading.phrase}: {text}"
    if judgement.agreement is Agreement.REPRODUCED:
        within = {
            Basis.INTERVAL: " within the 95 % interval",
            Basis.TOLERANCE: " within the tolerance",
            Basis.SPREAD: " within the spread that is printed behind the claim",
            Basis.IMAGES: " within a dozen of 50,000 images" if metric.unit == "%" else " within the tolerance",
        }
        return f"reproduced{within.get(judgement.basis or Basis.DIGITS, '')}{whose}"
    return f"{judgement.agreement} the claim{whose}{_limits(metric, record)}"


def _limits(metric: Metric, record: Record) -> str:
    """Say what an agreement would have taken: a convention, or the interval."""
    measurement = record.measurements[metric.key]
    allowance = checkpoint_allowance(metric, record)
    if allowance is not None:
        near = f"{displayed(metric, allowance).normalize():f} {metric.display.unit}".strip()
        return f": the published checkpoint should agree to {near} on the same images, whatever the 95 % interval"
    others = readings(measurement)[1:]
    if others:
        values = ", ".join(f"{metric.display.text(reading.value)} {reading.phrase}" for reading in others)
        return f"; no other convention prints it ({values})"
    if measurement.interval is not None:
        low, high = measurement.interval
        return f": it lies outside the 95 % interval {metric.display.text(low)}{EN_DASH}{metric.display.text(high)}"
    return ""


class Answers:
    """Answers claims; reads the records of each variant and data set once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._current: dict[tuple[str, str], Current] = {}
        self.usage = cache(partial(site_usage, archive))
        """Returns the usual settings of all records, read once."""
        self.ratios = SpeedRatios(archive)
        """Compares speeds that were claimed on other hardware."""

    def current(self, variant: str, dataset: str) -> Current:
        """Return the records that speak for a variant on a data set and of its architecture."""
        key = (variant, dataset)
        if key not in self._current:
            self._current[key] = current_records(self._archive, dataset, variant=variant, usage=self.usage)
        return self._current[key]

    def record(self, claim: Claim) -> Record | None:
        """Return the record that answers a claim, None where there is none."""
        if claim.variant is None or claim.metric not in self._archive.catalogue.metrics:
            return None
        return self.current(claim.variant, claim.dataset).answer(claim)

    def reproduction(self, claim: Claim) -> Reproduction:
        """Judge a claim by the record that answers it."""
        catalogue = self._archive.catalogue
        metric = catalogue.metrics.get(claim.metric)
        if metric is None:
            return reproduce(None, claim, None)
        record = self.record(claim)
        if record is None and metric.scope is Scope.DATASET and claim.dataset not in catalogue.datasets:
            reason = "not measured: pwc-bench cannot evaluate this data set yet"
            return _not_measured(claim, Absence.BEYOND, reason)
        return reproduce(
            metric,
            claim,
            record,
            variant=catalogue.variants.get(claim.variant or ""),
            failure=self._failure(claim, metric),
            ratios=self.ratios,
        )

    def _failure(self, claim: Claim, metric: Metric) -> Record | None:
        if claim.variant is None:
            return None
        return self.current(claim.variant, claim.dataset).failure(claim.variant, metric)
