"""Which record speaks for each variant and metric: one pass over the records, newest complete one first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pwc_bench.core.archive import Archive
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.selection import current_record
from pwc_bench.views.cells import machine_text

__all__ = ["Current", "current_records"]

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Current:
    """The records that speak, by variant and metric, and the failures where none does."""

    chosen: Mapping[tuple[str, str], Record]
    """(variant, metric) -> the newest complete record that measured it, else the newest partial one."""
    failures: Mapping[tuple[str, Scope], Record]
    """(variant, scope) -> the newest failed record."""
    by_machine: Mapping[tuple[str, str], Mapping[str, Record]] = field(default_factory=dict)
    """(variant, metric) -> machine -> the record that speaks for that machine alone."""

    def record(self, variant: str | None, metric: str) -> Record | None:
        """Return the record that speaks for a variant's metric, None where nothing was measured."""
        return None if variant is None else self.chosen.get((variant, metric))

    def elsewhere(self, variant: str | None, metric: str) -> tuple[Record, ...]:
        """Return the records that speak for other machines or precisions than the chosen one, the newest first."""
        chosen = self.record(variant, metric)
        if variant is None or chosen is None:
            return ()
        found = self.by_machine.get((variant, metric), {}).items()
        others = [record for machine, record in found if machine != machine_text(chosen.environment)]
        return tuple(sorted(others, key=lambda record: (record.started, record.id), reverse=True))

    def failure(self, variant: str | None, metric: Metric) -> Record | None:
        """Return the newest failed attempt at a variant's metric."""
        return None if variant is None else self.failures.get((variant, metric.scope))

    def has_passed(self, variant: str) -> bool:
        """Tell whether the variant saw the data set's images, so that more than its cost is known."""
        return any(key == variant and record.dataset is not None for (key, _), record in self.chosen.items())

    @property
    def variants(self) -> tuple[str, ...]:
        """Return the variants of which something was measured, in the order in which they were met."""
        return tuple(dict.fromkeys(variant for variant, _ in self.chosen))


def current_records(archive: Archive, dataset: str | None, *, variant: str | None = None) -> Current:
    """Read the records on `dataset` and those of the architectures alone (dataset None: only these).

    A probe's head says nothing about the world: its accuracy counts on a demo data set only.
    """
    chosen: dict[tuple[str, str], Record] = {}
    failures: dict[tuple[str, Scope], Record] = {}
    machines: dict[tuple[str, str], dict[str, Record]] = {}
    _gather(archive.records(scope=Scope.MODEL, variant=variant), Scope.MODEL, chosen, failures, machines)
    if dataset is not None:
        declared = archive.catalogue.datasets.get(dataset)
        is_demo = declared is not None and declared.is_demo
        passes = archive.records(dataset=dataset, variant=variant)
        wanted = (record for record in passes if is_demo or record.provenance.weights.status is not WeightsStatus.PROBE)
        _gather(wanted, Scope.DATASET, chosen, failures, machines)
    return Current(chosen, failures, machines)


def _gather(
    records: Iterable[Record],
    scope: Scope,
    chosen: dict[tuple[str, str], Record],
    failures: dict[tuple[str, Scope], Record],
    machines: dict[tuple[str, str], dict[str, Record]],
) -> None:
    for record in records:  # newest first
        if record.status is Status.FAILED:
            failures.setdefault((record.variant, scope), record)
        machine = machine_text(record.environment)
        for metric in record.measurements:
            key = record.variant, metric
            _keep(chosen, key, record, metric)
            _keep(machines.setdefault(key, {}), machine, record, metric)


def _keep(found: dict[_Key, Record], key: _Key, record: Record, metric: str) -> None:
    known = found.get(key)
    best = current_record((record,) if known is None else (known, record), metric)
    if best is not None:
        found[key] = best
