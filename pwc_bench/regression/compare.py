"""Comparing two sides: pair the records up, judge each metric by the rule of its kind."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from pwc_bench.core.acceptance import WEIGHTS, Acceptance, ExactValue, exact_value
from pwc_bench.core.measurement import Json
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.record import Record, WeightsStatus
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression.equivalence import pair_images, prepare_equivalence
from pwc_bench.regression.pair import Pair, Side, Tested
from pwc_bench.regression.paired import prepare_paired
from pwc_bench.regression.pairing import pair_up
from pwc_bench.regression.sampled import prepare_sampled
from pwc_bench.statistics import holm


def judge_exact(pair: Pair, accepted: Sequence[Acceptance]) -> Verdict:
    """Judge a pair without a hurdle."""
    metric, baseline, candidate = pair.metric, pair.baseline, pair.candidate
    if baseline is None or candidate is None:
        raise ValueError("an exact metric is judged on two records")
    old, new = exact_value(baseline, metric.key), exact_value(candidate, metric.key)
    if old is None or new is None:
        raise ValueError(f"a record without {metric.key}")
    difference = None if old.value is None or new.value is None else new.value - old.value
    evidence: dict[str, Json] = {} if old.text == new.text else {"baseline": old.text, "candidate": new.text}
    doubt = new.doubt or old.doubt
    if old.equals(new) and doubt is None:
        return pair.verdict(Outcome.SAME, "unchanged", difference=difference)
    change = "unchanged" if old.equals(new) else _change(pair, old, new)
    acceptance = next((a for a in reversed(accepted) if a.covers(candidate, metric.key)), None)
    if acceptance is not None:
        is_better = old.value is not None and new.value is not None and metric.improves(new.value, old.value)
        reason = f"{change}; accepted by {acceptance.accepted_by} on {acceptance.accepted_at[:10]}: {acceptance.reason}"
        outcome = Outcome.IMPROVED if is_better else Outcome.SAME
        return pair.verdict(outcome, reason, difference=difference, is_accepted=True, evidence=evidence)
    if doubt is not None:
        reason = f"{change}, but in doubt: two counters differ in the multiply-adds of {doubt}"
        return pair.verdict(Outcome.INCONCLUSIVE, reason, difference=difference, evidence=evidence)
    probes = {record.provenance.weights.status for record in (baseline, candidate)}
    if metric.key == WEIGHTS.key and probes == {WeightsStatus.PROBE}:
        reason = f"{change}: a probe's head is fitted by each run, whose last digits may differ between machines"
        return pair.verdict(Outcome.SAME, reason, is_gated=False, evidence=evidence)
    reason = f"{change}, and nobody has accepted it"
    return pair.verdict(Outcome.REGRESSED, reason, difference=difference, evidence=evidence)


def _change(pair: Pair, old: ExactValue, new: ExactValue) -> str:
    if pair.metric.key == WEIGHTS.key:
        return f"changed from {(old.text or '')[:12]} to {(new.text or '')[:12]}"
    if old.value != new.value:
        return f"changed from {_number(old.value)} to {_number(new.value)} {pair.metric.unit}".rstrip()
    return f"the skipped operators changed from {old.text or 'none'} to {new.text or 'none'}"


def _number(value: float | None) -> str:
    """Write a number to its last bit, whole numbers as such."""
    return f"{int(value):,}" if value is not None and value == int(value) else f"{value!r}"


def compare(
    baseline: Side,
    candidate: Side,
    *,
    metrics: Mapping[str, Metric],
    policy: Policy,
    accepted: Sequence[Acceptance] = (),
    only: Collection[str] = (),
    equivalent: float | None = None,
) -> tuple[Verdict, ...]:
    """Return what became of every metric that either side holds: by variant, then by data set and metric.

    `metrics` are all that are declared, by key, in the order in which they are shown; a metric that the baseline holds
    and nobody declares any more is missing, never silent. `only` names the keys to compare ("weights" for the hash of
    the checkpoint), all where it is empty. With `equivalent`, a margin in percentage points, the question is another:
    whether what is compared image by image is equally good, whatever precision and code it comes from; nothing else is
    compared then. Pure: it reads nothing, and changes nothing.
    """
    pairs = _paired(baseline.records, candidate.records, metrics, only, equivalent, candidate.reruns)
    return tuple(_concluded([_judged(pair, baseline, candidate, policy, accepted, equivalent) for pair in pairs]))


def predictions_needed(
    baseline: Iterable[Record],
    candidate: Iterable[Record],
    *,
    metrics: Mapping[str, Metric],
    only: Collection[str] = (),
    equivalent: float | None = None,
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of the baseline's and of the candidate's records whose predictions `compare` will look at."""
    wanted = [
        pair
        for pair in _paired(baseline, candidate, metrics, only, equivalent)
        if pair.hurdle is None and pair.metric.kind is Kind.PAIRED
    ]
    return (
        frozenset(pair.baseline.id for pair in wanted if pair.baseline is not None),
        frozenset(pair.candidate.id for pair in wanted if pair.candidate is not None),
    )


def _paired(
    baseline: Iterable[Record],
    candidate: Iterable[Record],
    metrics: Mapping[str, Metric],
    only: Collection[str],
    equivalent: float | None,
    reruns: Iterable[Record] = (),
) -> tuple[Pair, ...]:
    if equivalent is not None:
        return pair_images(baseline, candidate, metrics, only)
    return pair_up(baseline, candidate, metrics, only, reruns)


def _judged(
    pair: Pair,
    baseline: Side,
    candidate: Side,
    policy: Policy,
    accepted: Sequence[Acceptance],
    equivalent: float | None,
) -> Tested | Verdict:
    """Judge a pair by the rule of its metric's kind, as far as that can be done alone."""
    if pair.hurdle is not None:
        return pair.stopped(pair.hurdle)
    if equivalent is not None:
        return prepare_equivalence(pair, baseline, candidate, policy, equivalent)
    kind = pair.metric.kind
    if kind is Kind.EXACT:
        return judge_exact(pair, accepted)
    if kind is Kind.PAIRED:
        return prepare_paired(pair, baseline, candidate, policy)
    return prepare_sampled(pair, policy) if kind is Kind.SAMPLED else _describe(pair)


def _concluded(found: Sequence[Tested | Verdict]) -> list[Verdict]:
    """Correct all tests of a check for being so many, over variants, metrics and data sets; return all verdicts.

    So a check in which nothing changed calls a loss in at most half of `significance`: that is two-sided.
    """
    tested = [each for each in found if isinstance(each, Tested)]
    corrected = iter(holm([each.p_value for each in tested]))
    return [each.conclude(next(corrected), len(tested)) if isinstance(each, Tested) else each for each in found]


def _describe(pair: Pair) -> Verdict:
    """Show both values; nothing is tested, so nothing is claimed but the difference."""
    if pair.baseline is None or pair.candidate is None:
        raise ValueError("a comparison needs two records")
    old, new = (record.measurements[pair.metric.key].value for record in (pair.baseline, pair.candidate))
    return pair.verdict(Outcome.SAME, f"shown, never gated: {new - old:+.6g} {pair.metric.unit}", difference=new - old)
