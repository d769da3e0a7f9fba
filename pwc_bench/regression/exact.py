"""Exact metrics: the same code gives the same value, so that any change counts until somebody accepts it."""

from collections.abc import Sequence

from pwc_bench.core.acceptance import WEIGHTS, Acceptance, ExactValue, exact_value
from pwc_bench.core.measurement import Json
from pwc_bench.core.record import WeightsStatus
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.pair import Pair


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
