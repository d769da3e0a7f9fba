"""Which record speaks for each variant and metric: one pass over the records, newest complete one first."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from pwc_bench.claims.comparability import device_type_of, find_obstacle
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.selection import Usage, Use, current_record, usage_of
from pwc_bench.core.setting import Machine, Setting, depends_on_machine, machine_of


class _Place(NamedTuple):
    """What one number of a variant's metric differs in from another: what `setting` leaves out, `machine` may name."""

    machine: Machine
    setting: Setting


_Found = dict[tuple[str, str], dict[_Place, Record]]


@dataclass(frozen=True, slots=True)
class Current:
    """The records that speak, by variant and metric, and the failures where none does."""

    metrics: Mapping[str, Metric]
    found: Mapping[tuple[str, str], Mapping[_Place, Record]]
    """(variant, metric) -> machine and setting -> the newest complete record made so, else the newest partial one."""
    failures: Mapping[tuple[str, Scope], Record]
    """(variant, scope) -> the newest failed record."""
    usage: Usage
    """In which setting speeds are compared."""

    def record(self, variant: str | None, metric: str) -> Record | None:
        """Return the record that speaks for a variant's metric, None where nothing was measured.

        A speed is that of the most usual setting in which the variant was measured at all.
        """
        found = {} if variant is None else self.found.get((variant, metric), {})
        if metric not in self.metrics or not depends_on_machine(self.metrics[metric]):
            return current_record(found.values(), metric)
        return next((record for setting in self.usage.settings.get(metric, ()) for record in _of(found, setting)), None)

    def answer(self, claim: Claim) -> Record | None:
        """Return the record that a claim is set against, None where nothing was measured.

        Of a speed it is one made on the machine that the claim names, else on a device of that kind, else as usual.
        """
        usual, metric = self.record(claim.variant, claim.metric), self.metrics.get(claim.metric)
        if usual is None or metric is None or not depends_on_machine(metric):
            return usual
        found = self.found[claim.variant or "", claim.metric]
        kind = device_type_of(claim.conditions)

        def fit(record: Record) -> tuple[bool, bool, bool]:
            is_machine = find_obstacle(metric, claim, record) is None
            return is_machine, record.environment.device_type == kind, record is usual

        order = (record for setting in self.usage.settings.get(metric.key, ()) for record in _of(found, setting))
        return max(order, key=fit)

    def by_machine(self, variant: str | None, metric: Metric) -> Iterator[tuple[Machine, Record]]:
        """Yield what a reader's choice of a machine brings up, in the order of the machines.

        Of a speed it is the number in that machine's usual setting, and of an accuracy the one that was made there.
        """
        found = {} if variant is None else self.found.get((variant, metric.key), {})
        for choice in dict.fromkeys(machine_of(metric, machine) for machine in self.usage.machines):
            setting = self.usage.usual(metric.key, choice) if depends_on_machine(metric) else None
            there = [
                record
                for place, record in found.items()
                if machine_of(metric, place.machine) == choice and setting in (None, place.setting)
            ]
            record = current_record(there, metric.key)
            if record is not None:
                yield choice, record

    def machines(self, variant: str | None, metric: Metric) -> Iterator[Machine]:
        """Yield the machines on which a variant's metric was measured, in their order; a count owes nothing to any."""
        found = {} if variant is None or metric.kind is Kind.EXACT else self.found.get((variant, metric.key), {})
        return (machine for machine in self.usage.machines if any(place.machine == machine for place in found))

    def failure(self, variant: str | None, metric: Metric) -> Record | None:
        """Return the newest failed attempt at a variant's metric."""
        return None if variant is None else self.failures.get((variant, metric.scope))

    def has_passed(self, variant: str) -> bool:
        """Tell whether the variant saw the data set's images, so that more than its cost is known."""
        return any(
            key == variant and record.dataset is not None
            for (key, _), found in self.found.items()
            for record in found.values()
        )

    @property
    def variants(self) -> tuple[str, ...]:
        """Return the variants of which something was measured, in the order in which they were met."""
        return tuple(dict.fromkeys(variant for variant, _ in self.found))

    @property
    def newest(self) -> str | None:
        """Return the start of the newest record, None where nothing was measured."""
        return max((record.started for found in self.found.values() for record in found.values()), default=None)

    def among(self, variants: Collection[str]) -> "Current":
        """Return the same of some variants alone, whose speeds are compared in the setting that most of them share."""
        found = {key: places for key, places in self.found.items() if key[0] in variants}
        return replace(self, found=found, usage=_usage(self.metrics, found))


def current_records(
    archive: Archive, dataset: str | None, *, variant: str | None = None, usage: Callable[[], Usage] | None = None
) -> Current:
    """Read the records on `dataset` and those of the architectures alone (dataset None: only these).

    A probe's head says nothing about the world: its accuracy counts on a demo data set only. `usage` tells which
    settings are the usual ones, for a `variant` that was measured in several.
    """
    found: _Found = {}
    failures: dict[tuple[str, Scope], Record] = {}
    metrics = archive.catalogue.metrics
    _gather(archive.records(scope=Scope.MODEL, variant=variant), metrics, found, failures)
    if dataset is not None:
        declared = archive.catalogue.datasets.get(dataset)
        is_demo = declared is not None and declared.is_demo
        passes = archive.records(dataset=dataset, variant=variant)
        wanted = (record for record in passes if is_demo or record.provenance.weights.status is not WeightsStatus.PROBE)
        _gather(wanted, metrics, found, failures)
    own = _usage(metrics, found)
    has_choice = any(len(settings) > 1 for settings in own.settings.values())
    return Current(metrics, found, failures, usage() if usage is not None and has_choice else own)


def site_usage(archive: Archive) -> Usage:
    """Return the usual settings of all records, for pages that read the records of one variant at a time."""
    found: _Found = {}
    _gather(archive.records(), archive.catalogue.metrics, found, {})
    return _usage(archive.catalogue.metrics, found)


def _of(found: Mapping[_Place, Record], setting: Setting) -> Iterator[Record]:
    return (record for place, record in found.items() if place.setting == setting)


def _usage(metrics: Mapping[str, Metric], found: Mapping[tuple[str, str], Mapping[_Place, Record]]) -> Usage:
    """Put in order how the numbers were made that a machine can change: counts are none of them."""
    return usage_of(
        Use(variant, metric, place.machine, place.setting, record.started)
        for (variant, metric), places in found.items()
        if metric in metrics and metrics[metric].kind is not Kind.EXACT
        for place, record in places.items()
    )


def _gather(
    records: Iterable[Record],
    metrics: Mapping[str, Metric],
    found: _Found,
    failures: dict[tuple[str, Scope], Record],
) -> None:
    for record in records:  # newest first
        if record.status is Status.FAILED:
            failures.setdefault((record.variant, Scope.MODEL if record.dataset is None else Scope.DATASET), record)
            continue
        machine = Machine.of(record.environment)
        for key in record.measurements:
            metric = metrics.get(key)
            place = _Place(machine, Setting() if metric is None else Setting.of(record, metric))
            places = found.setdefault((record.variant, key), {})
            known = places.get(place)
            best = current_record((record,) if known is None else (known, record), key)
            if best is not None:
                places[place] = best
