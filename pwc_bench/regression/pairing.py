"""Which record of the baseline each of the candidate's is compared with.

A side may hold several campaigns, machines and implementations. Of the candidate, the newest record of each lane
(implementation, device, precision) speaks; it is compared with the newest record of the baseline that is comparable
with it, of its own lane if there is one. Only where no lane of a variant finds a partner is the variant incomparable.

For metrics that are measured in rounds the older runs beside both count too: all that the baseline holds and that can
be compared tell how far runs drift; of the candidate, those of the same code as the newest one, measured again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pwc_bench.core.acceptance import WEIGHTS, ExactValue, exact_value
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.core.record import Record, Status
from pwc_bench.core.selection import current_record
from pwc_bench.core.setting import Machine
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression.comparability import differences, find_hurdle
from pwc_bench.regression.pair import Hurdle, Pair, known_id

_MOST_RUNS = 10
"""Of a baseline that goes back for years, the newest runs are compared with."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """All records about one variant on one data set (or about its architecture)."""

    baseline: Sequence[Record]
    """Those that did not fail, newest first."""
    candidate: Sequence[Record]
    """The newest one of each lane, newest first."""
    reruns: Sequence[Record] = ()
    """All of the candidate that did not fail, newest first."""


def pair_up(
    baseline: Iterable[Record],
    candidate: Iterable[Record],
    metrics: Mapping[str, Metric],
    only: Collection[str],
    reruns: Iterable[Record] = (),
) -> tuple[Pair, ...]:
    """Return the pairs of all metrics, or those in `only`, that either side holds: by variant, then by metric.

    A metric that the baseline holds always gets a pair, also where nobody declares it any more. `reruns` are further
    runs of the candidate's code: they count beside a record of it, and never in its place.
    """
    old = _by_subject(record for record in baseline if record.status is not Status.FAILED)
    new, again = _by_subject(candidate), _by_subject(reruns)
    pairs: list[Pair] = []
    for key in dict.fromkeys((*old, *new)):
        subject = _Subject(old.get(key, ()), _lanes(new.get(key, ())), (*new.get(key, ()), *again.get(key, ())))
        for metric in _metrics_of(subject, metrics, only):
            pairs.extend(_pairs(subject, metric))
    if not old:
        none = Hurdle(Outcome.INCOMPARABLE, "the baseline holds no record that succeeded")
        return tuple(replace(pair, hurdle=none) for pair in pairs)
    return tuple(pairs)


def _by_subject(records: Iterable[Record]) -> dict[tuple[str, str | None], list[Record]]:
    found: dict[tuple[str, str | None], list[Record]] = {}
    for record in sorted(records, key=lambda r: (r.started, known_id(r) or ""), reverse=True):
        found.setdefault((record.variant, record.dataset), []).append(record)
    return dict(sorted(found.items(), key=lambda item: (item[0][0], item[0][1] or "")))


def _lanes(records: Sequence[Record]) -> list[Record]:
    newest: dict[Machine, Record] = {}
    for record in records:
        newest.setdefault(Machine.of(record.environment), record)
    return list(newest.values())


def _metrics_of(subject: _Subject, metrics: Mapping[str, Metric], only: Collection[str]) -> Iterator[Metric]:
    """Yield the metrics that either side holds in the order of `metrics`, then those that nobody declares."""
    held = {key: m.unit for record in (*subject.candidate, *subject.baseline) for key, m in record.measurements.items()}
    has_weights = any(exact_value(record, WEIGHTS.key) for record in (*subject.candidate, *subject.baseline))
    declared = {**metrics, WEIGHTS.key: WEIGHTS}
    for key, metric in declared.items():
        if (key in held or (key == WEIGHTS.key and has_weights)) and (not only or key in only):
            yield metric
    for key in sorted(held.keys() - declared.keys()):
        if any(key in record.measurements for record in subject.baseline) and (not only or key in only):
            yield _undeclared(key, held[key], subject.baseline[0])


def _undeclared(key: str, unit: str, record: Record) -> Metric:
    """Stand in for a metric that the baseline was measured by and that is gone."""
    scope = Scope.MODEL if record.dataset is None else Scope.DATASET
    return Metric(
        key=key,
        title=key,
        unit=unit,
        better=Better.HIGHER,
        kind=Kind.EXACT,
        scope=scope,
        version=0,
        tolerance=0.0,
        display=Display(unit, decimals=3),
        definition="No longer declared.",
    )


def _pairs(subject: _Subject, metric: Metric) -> Iterator[Pair]:
    holders = [record for record in subject.baseline if exact_value(record, metric.key)]
    takers = [r for r in subject.candidate if r.status is not Status.FAILED and exact_value(r, metric.key)]
    if not holders:
        for taker in takers[:1]:
            yield _new(metric, taker)
        return
    if not takers:
        yield _missing(metric, holders, subject.candidate)
        return
    several = len({record.environment.implementation for record in (*holders, *takers)}) > 1
    several = several and metric.kind is Kind.SAMPLED
    best = [(_partner(metric, holders, taker), taker) for taker in takers]
    if metric.kind is Kind.EXACT:
        best = _each_once(metric, best)
    found = [_with_runs(_paired(metric, partner, taker, several), holders, subject) for partner, taker in best]
    comparable = [pair for pair in found if pair.hurdle is None or pair.hurdle.outcome is not Outcome.INCOMPARABLE]
    if not comparable:
        old, new = min(best, key=lambda both: len(differences(metric, *both)))
        yield _paired(metric, old, new, several)
        return
    yield from comparable
    yield from (_new(metric, pair.record) for pair in found if pair not in comparable)
    yield from _failed_lanes(metric, holders, subject.candidate)
    if metric.kind is Kind.SAMPLED:
        yield from _vanished(metric, holders, takers)


def _each_once(metric: Metric, best: Sequence[tuple[Record, Record]]) -> list[tuple[Record, Record]]:
    """Leave out what another lane says too: a count is one finding, on however many machines it was made."""
    found: dict[tuple[ExactValue | None, ...], tuple[Record, Record]] = {}
    for both in best:
        found.setdefault(tuple(exact_value(record, metric.key) for record in both), both)
    return list(found.values())


def _partner(metric: Metric, holders: Sequence[Record], taker: Record) -> Record:
    """Return the comparable record, of the same lane before others, the newest first; else the least different one."""

    def rank(holder: Record) -> tuple[int, bool, int]:
        lanes = zip(Machine.of(holder.environment), Machine.of(taker.environment), strict=True)
        return len(differences(metric, holder, taker)), holder.status is not taker.status, sum(a != b for a, b in lanes)

    return min(holders, key=rank)  # the first of equals, and they come newest first


def _paired(metric: Metric, baseline: Record, candidate: Record, several: bool) -> Pair:  # noqa: FBT001
    implementation = candidate.environment.implementation if several else None
    return Pair(
        metric=metric,
        baseline=baseline,
        candidate=candidate,
        implementation=implementation,
        hurdle=find_hurdle(metric, baseline, candidate),
    )


def _with_runs(pair: Pair, holders: Sequence[Record], subject: _Subject) -> Pair:
    """Return a pair of a sampled metric with the runs beside both records."""
    if pair.metric.kind is not Kind.SAMPLED or pair.hurdle is not None:
        return pair
    old, new = pair.baseline, pair.candidate
    if old is None or new is None:
        return pair
    runs = [h for h in holders if _machine(h) == _machine(old) and find_hurdle(pair.metric, h, new) is None][
        :_MOST_RUNS
    ]
    known = {known_id(holder) for holder in holders} - {known_id(new)}
    again = [
        record
        for record in subject.reruns
        if exact_value(record, pair.metric.key)
        and record.status is not Status.FAILED
        and _machine(record) == _machine(new)
        and code_of(record) == code_of(new)
        and known_id(record) not in known
        and find_hurdle(pair.metric, old, record) is None
    ][:_MOST_RUNS]
    return replace(pair, baseline_runs=tuple(runs), candidate_runs=tuple(again))


def _machine(record: Record) -> Machine:
    return Machine.of(record.environment)


def code_of(record: Record) -> tuple[object, ...]:
    """Return what must be equal for two records to be runs of the same code."""
    made = record.provenance
    return made.harness_version, made.git_commit, record.environment.torch, made.weights.sha256


def _new(metric: Metric, candidate: Record) -> Pair:
    reason = "new: the baseline has nothing comparable, so nothing is compared"
    hurdle = Hurdle(Outcome.INCOMPARABLE, reason, is_gated=False)
    return Pair(metric=metric, baseline=None, candidate=candidate, hurdle=hurdle)


def _missing(metric: Metric, holders: Sequence[Record], candidates: Sequence[Record]) -> Pair:
    newest = candidates[0] if candidates else None
    holder = current_record(holders, metric.key) or holders[0]
    if newest is None:
        reason = "the candidate has no record of it"
    elif newest.status is Status.FAILED:
        reason = f"the candidate's evaluation failed: {newest.status_reason or 'no reason is recorded'}"
    else:
        why = f": {newest.status_reason}" if newest.status_reason else ""
        reason = f"the candidate did not measure it{why}"
    return Pair(metric=metric, baseline=holder, candidate=newest, hurdle=Hurdle(Outcome.MISSING, reason))


def _failed_lanes(metric: Metric, holders: Sequence[Record], candidates: Sequence[Record]) -> Iterator[Pair]:
    """Yield what the baseline has of a lane whose newest attempt failed while another lane went well."""
    for record in candidates:
        same = [holder for holder in holders if Machine.of(holder.environment) == Machine.of(record.environment)]
        if record.status is Status.FAILED and same:
            pair = _missing(metric, same, [record])
            yield replace(pair, implementation=record.environment.implementation)


def _vanished(metric: Metric, holders: Sequence[Record], takers: Sequence[Record]) -> Iterator[Pair]:
    """Yield the implementations that the baseline timed on this very machine and the candidate did not.

    The one that spoke for the variant must not vanish; that nobody timed the others beside it is only shown.
    """
    timed = {record.environment.implementation for record in takers}
    here = [holder for holder in holders if any(_differs_in_implementation(metric, holder, taker) for taker in takers)]
    here += [holder for holder in holders if any(not differences(metric, holder, taker) for taker in takers)]
    speaking = max(here, key=_leads, default=None)
    for name in sorted({holder.environment.implementation for holder in here} - timed):
        holder = current_record([h for h in here if h.environment.implementation == name], metric.key)
        if speaking is not None and holder is not None:
            is_gated = speaking.environment.implementation == name
            reason = f"the candidate did not time the {name} implementation"
            hurdle = Hurdle(Outcome.MISSING, reason, is_gated=is_gated)
            yield Pair(metric=metric, baseline=holder, candidate=takers[0], implementation=name, hurdle=hurdle)


def _leads(record: Record) -> tuple[str, bool]:
    """Put first what was asked for: of one run the fused implementation, beside which the reference is only timed."""
    return record.started, not Machine.of(record.environment).is_reference


def _differs_in_implementation(metric: Metric, holder: Record, taker: Record) -> bool:
    same = replace(holder, environment=replace(holder.environment, implementation=taker.environment.implementation))
    return holder.environment.implementation != taker.environment.implementation and not differences(
        metric, same, taker
    )
