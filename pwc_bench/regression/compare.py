"""Comparing two sides: pair the records up, judge each metric by the rule of its kind."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression.equivalence import pair_images, prepare_equivalence
from pwc_bench.regression.exact import judge_exact
from pwc_bench.regression.pair import Pair, Tested
from pwc_bench.regression.paired import prepare_paired
from pwc_bench.regression.pairing import pair_up
from pwc_bench.regression.sampled import prepare_sampled
from pwc_bench.regression.side import Side
from pwc_bench.statistics import holm


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
