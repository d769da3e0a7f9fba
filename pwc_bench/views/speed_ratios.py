"""Speeds that were claimed on other hardware: compared as ratios between the variants of one table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Status
from pwc_bench.core.reproduction import Agreement, claimed_range
from pwc_bench.core.setting import Setting

__all__ = ["SpeedRatio", "SpeedRatios"]


@dataclass(frozen=True, slots=True)
class SpeedRatio:
    """One variant's speed as a share of the reference variant's, as claimed and as measured."""

    reference: str
    """The reference's name in the table: "DeiT-Ti"."""
    reference_variant: str
    claimed: float
    """The ratio of the printed speeds."""
    claimed_range: tuple[float, float]
    """What their printed digits leave open."""
    measured: float
    """The ratio of the medians."""
    interval: tuple[float, float]
    """Its 95 % bootstrap interval from the rounds of both."""
    agreement: Agreement
    """Reproduced where the interval meets `claimed_range`."""
    setting: str
    """Where both were measured alike: "NVIDIA H200, fp32, batch 128"."""
    record: str
    """The id of the variant's record."""
    reference_record: str


class _Table(NamedTuple):
    """What makes claims comparable with each other: one table, one metric, one machine."""

    paper: str
    source: str
    metric: str
    conditions: str | None
    dataset: str


class _Setting(NamedTuple):
    """What two speeds must have in common: everything but the model, the software too."""

    setting: Setting
    torch: str | None
    driver: str | None


class _Speed(NamedTuple):
    """The rounds of one variant in one setting."""

    variant: str
    started: str
    record: str
    rounds: tuple[float, ...]


_Speeds = Mapping[_Setting, Mapping[str, _Speed]]


class SpeedRatios:
    """Finds the ratios; reads the records of a table's variants once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._speeds = cache(self._read_speeds)
        self._claims = cache(self._read_claims)

    def of(self, claim: Claim, metric: Metric) -> SpeedRatio | None:
        """Return how the claim's speed relates to the table's reference; None where it is the reference, or alone.

        The reference is the first variant of the table that was measured in the same setting; settings with timm's own
        code go first, as that is what was claimed of, then those in which most of the table's variants were measured.
        """
        if metric.kind is not Kind.SAMPLED or metric.scope is not Scope.MODEL or claim.variant is None:
            return None
        table = _Table(claim.paper, claim.source, claim.metric, claim.conditions, claim.dataset)
        claims = self._claims(table)
        for setting, speeds in self._speeds(table).items():
            reference = next((other for other in claims if other.variant in speeds), None)
            if claim.variant not in speeds or reference is None or reference.variant == claim.variant:
                continue
            return _ratio(claim, reference, speeds, setting)
        return None

    def is_reference(self, claim: Claim, metric: Metric) -> bool:
        """Tell whether the other speeds of the claim's table are compared with this one."""
        if metric.kind is not Kind.SAMPLED or claim.variant is None:
            return False
        table = _Table(claim.paper, claim.source, claim.metric, claim.conditions, claim.dataset)
        for speeds in self._speeds(table).values():
            measured = [other.variant for other in self._claims(table) if other.variant in speeds]
            if claim.variant in measured:
                return len(measured) > 1 and measured[0] == claim.variant
        return False

    def _read_claims(self, table: _Table) -> tuple[Claim, ...]:
        found = self._archive.claims(paper=table.paper, metric=table.metric, dataset=table.dataset)
        alike = (c for c in found if (c.source, c.conditions) == (table.source, table.conditions))
        return tuple(claim for claim in alike if claim.variant is not None and _is_speed(claim))

    def _read_speeds(self, table: _Table) -> _Speeds:
        found: dict[_Setting, dict[str, _Speed]] = {}
        variants = dict.fromkeys(claim.variant for claim in self._claims(table))
        for speed, setting in (pair for variant in variants for pair in self._read_variant(variant, table.metric)):
            found.setdefault(setting, {}).setdefault(speed.variant, speed)  # newest first
        return dict(sorted(found.items(), key=_rank, reverse=True))

    def _read_variant(self, variant: str | None, metric: str) -> Iterator[tuple[_Speed, _Setting]]:
        declared = self._archive.catalogue.metrics[metric]
        for record in self._archive.records(variant=variant, scope=Scope.MODEL):
            measurement = record.measurements.get(metric)
            if record.status is Status.FAILED or measurement is None or not measurement.samples:
                continue
            if all(sample > 0 for sample in measurement.samples):
                speed = _Speed(record.variant, record.started, record.id, measurement.samples)
                environment = record.environment
                yield speed, _Setting(Setting.of(record, declared), environment.torch, environment.driver)


def _rank(item: tuple[_Setting, Mapping[str, _Speed]]) -> tuple[bool, int, str]:
    setting, speeds = item
    newest = max(speed.started for speed in speeds.values())
    return setting.setting.machine.is_reference, len(speeds), newest


def _ratio(claim: Claim, reference: Claim, speeds: Mapping[str, _Speed], setting: _Setting) -> SpeedRatio:
    from pwc_bench.statistics.ratios import ratio_of_medians  # scipy takes a second to import

    own, other = speeds[claim.variant or ""], speeds[reference.variant or ""]
    measured, interval = ratio_of_medians(own.rounds, other.rounds)
    (low, high), (other_low, other_high) = claimed_range(claim), claimed_range(reference)
    open_range = (float(low / other_high), float(high / other_low))
    return SpeedRatio(
        reference=reference.model,
        reference_variant=reference.variant or "",
        claimed=float(claim.number / reference.number),
        claimed_range=open_range,
        measured=measured,
        interval=interval,
        agreement=_agreement(interval, open_range),
        setting=setting.setting.text,
        record=own.record,
        reference_record=other.record,
    )


def _agreement(interval: tuple[float, float], claimed: tuple[float, float]) -> Agreement:
    if interval[0] > claimed[1]:
        return Agreement.ABOVE
    return Agreement.BELOW if interval[1] < claimed[0] else Agreement.REPRODUCED


def _is_speed(claim: Claim) -> bool:
    """Tell whether a claim is a number that others can be divided by, whatever its digits leave open."""
    try:
        return claimed_range(claim)[0] > 0
    except KnowledgeError:
        return False
