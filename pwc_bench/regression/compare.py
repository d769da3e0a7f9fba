"""Comparing two sides: pair the records up, judge each metric by the rule of its kind."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.policy import Policy
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.exact import judge_exact
from pwc_bench.regression.pair import Pair, Tested
from pwc_bench.regression.paired import prepare_paired
from pwc_bench.regression.pairing import pair_up
from pwc_bench.regression.sampled import prepare_sampled
from pwc_bench.regression.side import Side
from pwc_bench.statistics import holm

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
    for places in _families(pairs):
        found = [_judge(pairs[place], baseline, candidate, policy, accepted) for place in places]
        verdicts |= zip(places, _concluded(found), strict=True)
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


def _families(pairs: Sequence[Pair]) -> Iterable[list[int]]:
    """Group the pairs that can be compared by the kind of their metric: Holm's correction goes over each group.

    So it counts every variant, metric and data set of a check. Images and rounds are corrected apart: each family may
    err in half of `significance`, since that is two-sided and one side of it is a loss.
    """
    groups: dict[Kind, list[int]] = {}
    for place, pair in enumerate(pairs):
        if pair.hurdle is None:
            groups.setdefault(pair.metric.kind, []).append(place)
    return groups.values()


def _judge(
    pair: Pair, baseline: Side, candidate: Side, policy: Policy, accepted: Sequence[Acceptance]
) -> Tested | Verdict:
    """Judge a pair by the rule of its metric's kind, as far as that can be done alone."""
    kind = pair.metric.kind
    if kind is Kind.EXACT:
        return judge_exact(pair, accepted)
    if kind is Kind.PAIRED:
        return prepare_paired(pair, baseline, candidate, policy)
    return prepare_sampled(pair, policy) if kind is Kind.SAMPLED else _describe(pair)


def _concluded(found: Sequence[Tested | Verdict]) -> list[Verdict]:
    """Correct the tests of one family for being so many, and return all verdicts in their order."""
    tested = [each for each in found if isinstance(each, Tested)]
    corrected = iter(holm([each.p_value for each in tested]))
    return [each.conclude(next(corrected), len(tested)) if isinstance(each, Tested) else each for each in found]


def _describe(pair: Pair) -> Verdict:
    """Show both values; nothing is tested, so nothing is claimed but the difference."""
    if pair.baseline is None or pair.candidate is None:
        raise ValueError("a comparison needs two records")
    old, new = (record.measurements[pair.metric.key].value for record in (pair.baseline, pair.candidate))
    return pair.verdict(Outcome.SAME, f"shown, never gated: {new - old:+.6g} {pair.metric.unit}", difference=new - old)
