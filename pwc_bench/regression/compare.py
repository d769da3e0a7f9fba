"""Comparing two sides: pair the records up, judge each metric by the rule of its kind."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.policy import Policy
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.exact import judge_exact
from pwc_bench.regression.pair import Pair
from pwc_bench.regression.paired import judge_paired
from pwc_bench.regression.pairing import pair_up
from pwc_bench.regression.sampled import judge_sampled
from pwc_bench.regression.side import Side

__all__ = ["compare", "predictions_needed"]


def compare(
    baseline: Side,
    candidate: Side,
    *,
    metrics: Mapping[str, Metric],
    policy: Policy,
    accepted: Sequence[Acceptance] = (),
    only: Collection[str] = (),
) -> tuple[Verdict, ...]:
    """Return what became of every metric that either side holds: by variant, then by data set and metric.

    `metrics` are all that are declared, by key, in the order in which they are shown; a metric that the baseline holds
    and nobody declares any more is missing, never silent. `only` names the keys to compare ("weights" for the hash of
    the checkpoint), all where it is empty. Pure: it reads nothing, and changes nothing.
    """
    pairs = pair_up(baseline.records, candidate.records, metrics, only)
    verdicts: dict[int, Verdict] = {
        place: pair.stopped(pair.hurdle) for place, pair in enumerate(pairs) if pair.hurdle is not None
    }
    for places in _together(pairs):
        group = [pairs[place] for place in places]
        verdicts |= zip(places, _judge(group, baseline, candidate, policy, accepted), strict=True)
    return tuple(verdicts[place] for place in range(len(pairs)))


def predictions_needed(
    baseline: Iterable[Record],
    candidate: Iterable[Record],
    *,
    metrics: Mapping[str, Metric],
    only: Collection[str] = (),
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of the baseline's and of the candidate's records whose predictions `compare` will look at."""
    wanted = [
        pair
        for pair in pair_up(baseline, candidate, metrics, only)
        if pair.hurdle is None and pair.metric.kind is Kind.PAIRED
    ]
    return (
        frozenset(pair.baseline.id for pair in wanted if pair.baseline is not None),
        frozenset(pair.candidate.id for pair in wanted if pair.candidate is not None),
    )


def _together(pairs: Sequence[Pair]) -> Iterable[list[int]]:
    """Group the pairs that can be compared by metric and data set: Holm's correction goes over each group."""
    groups: dict[tuple[str, str | None], list[int]] = {}
    for place, pair in enumerate(pairs):
        if pair.hurdle is None:
            groups.setdefault((pair.metric.key, pair.record.dataset), []).append(place)
    return groups.values()


def _judge(
    pairs: Sequence[Pair], baseline: Side, candidate: Side, policy: Policy, accepted: Sequence[Acceptance]
) -> Iterable[Verdict]:
    """Judge pairs of one metric on one data set by the rule of the metric's kind, in their order."""
    kind = pairs[0].metric.kind
    if kind is Kind.EXACT:
        return [judge_exact(pair, accepted) for pair in pairs]
    if kind is Kind.PAIRED:
        return judge_paired(pairs, baseline, candidate, policy)
    if kind is Kind.SAMPLED:
        return judge_sampled(pairs, policy)
    return [_describe(pair) for pair in pairs]


def _describe(pair: Pair) -> Verdict:
    """Show both values; nothing is tested, so nothing is claimed but the difference."""
    if pair.baseline is None or pair.candidate is None:
        raise ValueError("a comparison needs two records")
    old, new = (record.measurements[pair.metric.key].value for record in (pair.baseline, pair.candidate))
    return pair.verdict(Outcome.SAME, f"shown, never gated: {new - old:+.6g} {pair.metric.unit}", difference=new - old)
