"""Speeds that were claimed on other hardware: compared as ratios between the variants of one table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pwc_bench.claims.reproduction import Agreement, claimed_range
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Record, Status
from pwc_bench.core.setting import Setting

_LEAST_ROUNDS = 2
"""One round alone tells nothing of how far rounds differ."""


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
    """Reproduced where the interval meets `claimed_range`; it counts only between devices of one kind."""
    setting: str
    """Where both were measured alike: "NVIDIA H200, fp32, batch 128"."""
    device_type: str | None
    """"cuda" or "cpu"."""
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
    record: str
    rounds: tuple[float, ...]


_Speeds = Mapping[_Setting, Mapping[str, _Speed]]


class SpeedRatios:
    """Finds the ratios; reads the records of a table's variants once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._speeds = cache(self._read_speeds)
        self._claims = cache(self._read_claims)

    def of(self, claim: Claim, metric: Metric, record: Record) -> SpeedRatio | None:
        """Return how the speed in `record` relates to the reference's, as claimed and as measured in one setting.

        The reference is the first variant of the claim's table that was measured in the record's setting. None where
        the claim is the reference, or nothing else of the table was measured so.
        """
        found = self._beside(claim, metric, record)
        if found is None:
            return None
        reference, own, other, setting = found
        return None if reference.variant == claim.variant else _ratio(claim, reference, own, other, setting)

    def is_reference(self, claim: Claim, metric: Metric, record: Record) -> bool:
        """Tell whether the other speeds of the claim's table are compared with the one in `record`."""
        found = self._beside(claim, metric, record)
        if found is None or found[0].variant != claim.variant:
            return False
        return len(self._speeds(_table(claim))[found[3]]) > 1

    def _beside(self, claim: Claim, metric: Metric, record: Record) -> tuple[Claim, _Speed, _Speed, _Setting] | None:
        """Find the claim of the reference, the record's speed and the reference's, and the setting of both."""
        if metric.kind is not Kind.SAMPLED or metric.scope is not Scope.MODEL or claim.variant is None:
            return None
        table, made = _table(claim), _speed(record, metric)
        if made is None or not _is_speed(claim):
            return None
        own, setting = made
        speeds = self._speeds(table).get(setting, {})
        reference = next((other for other in self._claims(table) if other.variant in speeds), None)
        return None if reference is None else (reference, own, speeds[reference.variant or ""], setting)

    def _read_claims(self, table: _Table) -> tuple[Claim, ...]:
        found = self._archive.claims(paper=table.paper, metric=table.metric, dataset=table.dataset)
        alike = (c for c in found if (c.source, c.conditions) == (table.source, table.conditions))
        return tuple(claim for claim in alike if claim.variant is not None and _is_speed(claim))

    def _read_speeds(self, table: _Table) -> _Speeds:
        found: dict[_Setting, dict[str, _Speed]] = {}
        variants = dict.fromkeys(claim.variant for claim in self._claims(table))
        for speed, setting in (pair for variant in variants for pair in self._read_variant(variant, table.metric)):
            found.setdefault(setting, {}).setdefault(speed.variant, speed)  # newest first
        return found

    def _read_variant(self, variant: str | None, metric: str) -> Iterator[tuple[_Speed, _Setting]]:
        declared = self._archive.catalogue.metrics[metric]
        found = (_speed(record, declared) for record in self._archive.records(variant=variant, scope=Scope.MODEL))
        return (speed for speed in found if speed is not None)


def _table(claim: Claim) -> _Table:
    return _Table(claim.paper, claim.source, claim.metric, claim.conditions, claim.dataset)


def _speed(record: Record, metric: Metric) -> tuple[_Speed, _Setting] | None:
    """Return a record's speed and how it was made; None where it has no rounds that can be divided."""
    measurement = record.measurements.get(metric.key)
    if record.status is Status.FAILED or measurement is None:
        return None
    rounds = measurement.samples or ()
    if len(rounds) < _LEAST_ROUNDS or not all(sample > 0 for sample in rounds):
        return None
    environment = record.environment
    setting = _Setting(Setting.of(record, metric), environment.torch, environment.driver)
    return _Speed(record.variant, record.id, rounds), setting


def _ratio(claim: Claim, reference: Claim, own: _Speed, other: _Speed, setting: _Setting) -> SpeedRatio:
    from pwc_bench.statistics.intervals import ratio_of_medians  # scipy takes a second to import

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
        device_type=setting.setting.device_type,
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
