"""Which of many records speaks for a variant, and in which setting numbers are compared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.setting import Machine, Setting, depends_on_machine


def current_record(records: Iterable[Record], metric: str) -> Record | None:
    """Return the newest complete record that holds `metric`; else the newest partial one; None where there is none.

    Of records that are equally complete, one of a published checkpoint goes before one of a file of the user's own:
    the latter may be any model of that shape. Of two implementations in one campaign the reference speaks.
    """
    best: tuple[bool, bool, str, bool] | None = None
    chosen: Record | None = None
    for record in records:
        if metric not in record.measurements or record.status is Status.FAILED:
            continue
        is_own = record.dataset is not None and record.provenance.weights.status is WeightsStatus.LOCAL
        is_reference = Machine.of(record.environment).is_reference
        rank = (record.status is Status.COMPLETE, not is_own, record.started, is_reference)
        # A hash costs time, so it decides only between records of which nothing else does.
        if best is None or chosen is None or rank > best or (rank == best and record.id > chosen.id):
            best, chosen = rank, record
    return chosen


class Use(NamedTuple):
    """One number: what it is of, and how it was made."""

    variant: str
    metric: str
    machine: Machine
    setting: Setting
    started: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How numbers were made, the usual way first: what speeds are compared in unless a reader chooses otherwise."""

    machines: tuple[Machine, ...] = ()
    """Those of the reference implementation first, then those on which most variants were measured, then the newest."""
    settings: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)
    """By metric: in the order of their machines, and of one machine the one of most variants, then the newest."""

    def usual(self, metric: str, machine: Machine | None = None) -> Setting | None:
        """Return the setting in which numbers of `metric` are compared, on the usual machine or on `machine`."""
        found = (s for s in self.settings.get(metric, ()) if machine is None or s.machine == machine)
        return next(found, None)


def speaking_record(records: Iterable[Record], metric: Metric, usage: Usage) -> Record | None:
    """Return the record that speaks for a variant: of a speed, one made in the most usual setting that there is."""
    if not depends_on_machine(metric):
        return current_record(records, metric.key)
    by_setting: dict[Setting, list[Record]] = {}
    for record in records:
        if metric.key in record.measurements:
            by_setting.setdefault(Setting.of(record, metric), []).append(record)
    found = (current_record(by_setting.get(setting, ()), metric.key) for setting in usage.settings.get(metric.key, ()))
    return next(filter(None, found), None)


def uses_of(records: Iterable[Record], metric: Metric) -> Iterator[Use]:
    """Yield how each of the records that hold `metric` made it."""
    for record in records:
        if metric.key in record.measurements and record.status is not Status.FAILED:
            machine, setting = Machine.of(record.environment), Setting.of(record, metric)
            yield Use(record.variant, metric.key, machine, setting, record.started)


def usage_of(uses: Iterable[Use]) -> Usage:
    """Put the machines and settings of numbers in order."""
    machines: dict[Machine, set[str]] = {}
    variants: dict[tuple[str, Setting], set[str]] = {}
    newest: dict[Machine | tuple[str, Setting], str] = {}
    for use in uses:
        own = use.metric, use.setting
        machines.setdefault(use.machine, set()).add(use.variant)
        variants.setdefault(own, set()).add(use.variant)
        newest[use.machine] = max(newest.get(use.machine, ""), use.started)
        newest[own] = max(newest.get(own, ""), use.started)

    def weight(machine: Machine) -> tuple[bool, int, str, Machine]:
        return machine.is_reference, len(machines[machine]), newest[machine], machine

    order = sorted(machines, key=weight, reverse=True)
    places = {machine: -place for place, machine in enumerate(order)}
    settings: dict[str, list[Setting]] = {}
    for metric, setting in sorted(
        variants,
        key=lambda own: (places.get(own[1].machine, 0), len(variants[own]), newest[own], own[1].text),
        reverse=True,
    ):
        settings.setdefault(metric, []).append(setting)
    return Usage(tuple(order), {metric: tuple(found) for metric, found in settings.items()})
