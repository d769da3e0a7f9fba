"""Letting one changed value pass: looked up, checked that there is something to accept, written down."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from pwc_bench.api.check_settings import CheckSettings
from pwc_bench.api.checking import accepted_file, chosen_metrics, open_sides
from pwc_bench.core.acceptance import WEIGHTS, Acceptance, ExactValue, exact_value
from pwc_bench.core.errors import UsageError
from pwc_bench.core.metric import Kind, Metric, Scope
from pwc_bench.core.observer import SilentObserver
from pwc_bench.core.record import Record, Status
from pwc_bench.exchange import Shelf, append_acceptance, read_acceptances
from pwc_bench.metrics import load_metrics


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted, beside what it was, and the file that says so."""

    acceptance: Acceptance
    before: ExactValue
    path: Path


def accept_value(
    variant: str, metric: str, *, reason: str, by: str, dataset: str | None, settings: CheckSettings, db: str
) -> Accepted:
    """Accept the candidate's value of a metric that is compared for equality.

    Raises UsageError where there is nothing to accept, and what reading either side raises.
    """
    declared = _exact(metric, dataset)
    baseline, candidate = open_sides(settings, db, SilentObserver())
    record = _record(candidate, variant, declared, dataset)
    new = _value(record, metric)
    old = _value(_record(baseline, record.variant, declared, record.dataset), metric)
    if new.version != old.version:
        raise UsageError(
            f"{metric} was measured by version {new.version} of its definition, in the baseline by {old.version}: "
            "they cannot be compared, so that nothing can be accepted; publish a new baseline"
        )
    if new == old and new.doubt is None:
        raise UsageError(f"{record.variant} {metric} is the same in the baseline: there is nothing to accept")
    path = accepted_file(settings)
    _refuse_second(record, metric, path, baseline.acceptances)
    acceptance = Acceptance(
        variant=record.variant,
        dataset=record.dataset,
        metric=metric,
        metric_version=new.version,
        value=new.value,
        text=new.text,
        reason=reason,
        accepted_by=by,
        accepted_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        record=record.id,
    )
    append_acceptance(path, acceptance)
    return Accepted(acceptance, old, path)


def who() -> str:
    """Return who git says is working here. Raises UsageError where it does not know."""
    name, address = _configured("user.name"), _configured("user.email")
    if not name and not address:
        raise UsageError("who accepts this? git has neither user.name nor user.email here: say --by NAME")
    return " ".join(part for part in (name, f"<{address}>" if address else "") if part)


def _configured(key: str) -> str:
    try:
        done = subprocess.run(["git", "config", "--get", key], capture_output=True, text=True, check=False, timeout=30)  # noqa: S603, S607
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _exact(key: str, dataset: str | None) -> Metric:
    """Return the metric with this key. Raises UsageError where it is not compared for equality."""
    chosen_metrics((key,))
    metric = WEIGHTS if key == WEIGHTS.key else load_metrics()[key]
    if metric.kind is not Kind.EXACT:
        raise UsageError(
            f"{key} is compared by a test and not for equality, so that no value of it can be accepted: "
            "publish the candidate's records as the new baseline instead"
        )
    if metric.scope is Scope.MODEL and dataset is not None:
        raise UsageError(f"{key} is a property of the architecture: leave --dataset out")
    return metric


def _value(record: Record, metric: str) -> ExactValue:
    found = exact_value(record, metric)
    if found is None:
        raise UsageError(f"the record {record.id[:12]} of {record.variant} holds no {metric}")
    return found


def _record(shelf: Shelf, variant: str, metric: Metric, dataset: str | None) -> Record:
    """Return the record that speaks for the variant. Raises UsageError where there is none."""
    of_variant = [record for record in shelf.records if record.variant == variant]
    if not of_variant:
        known = sorted({record.variant for record in shelf.records})
        near = get_close_matches(variant, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f" (it holds {', '.join(known) or 'nothing'})"
        raise UsageError(f"{shelf.name} holds no record of {variant!r}{hint}")
    holders = [record for record in of_variant if exact_value(record, metric.key) is not None]
    places = {record.dataset for record in holders}
    if dataset is None and len(places) > 1:
        raise UsageError(f"{variant} {metric.key} was measured on {_listed(places)}: say which with --dataset")
    wanted = [record for record in holders if dataset in (None, record.dataset) and record.status is not Status.FAILED]
    if not wanted:
        where = "" if dataset is None else f" on {dataset}"
        raise UsageError(f"{shelf.name} holds no {metric.key} of {variant}{where}")
    return max(wanted, key=lambda record: (record.started, record.id))


def _listed(places: set[str | None]) -> str:
    return ", ".join(sorted(str(place) for place in places if place is not None))


def _refuse_second(record: Record, metric: str, path: Path, beside: Sequence[Acceptance]) -> None:
    for earlier in (*read_acceptances(path), *beside):
        if earlier.covers(record, metric):
            raise UsageError(
                f"{record.variant} {metric} was accepted before, by {earlier.accepted_by} at "
                f"{earlier.accepted_at}: {earlier.reason}"
            )
