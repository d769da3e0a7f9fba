"""Sampled metrics: rounds against rounds, by their ranks, and only where the medians are far enough apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pwc_bench.core.measurement import Json
from pwc_bench.core.metric import Better
from pwc_bench.core.policy import Policy
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.p_text import p_text
from pwc_bench.regression.pair import Pair
from pwc_bench.statistics import holm, mann_whitney

__all__ = ["RoundsDecision", "decide_rounds", "judge_sampled"]


@dataclass(frozen=True, slots=True)
class RoundsDecision:
    """What rounds against rounds say about one variant."""

    outcome: Outcome
    """SAME, IMPROVED, REGRESSED or INCONCLUSIVE."""
    ratio: float | None
    """The candidate's median over the baseline's."""
    p_value: float | None
    """After Holm's correction over all variants that were decided together; None where nothing was tested."""


def decide_rounds(
    rounds: Sequence[tuple[Sequence[float], Sequence[float]]], better: Better, policy: Policy
) -> tuple[RoundsDecision, ...]:
    """Decide on several variants together: for each, the finite rounds of the baseline and of the candidate."""
    tested = [index for index, both in enumerate(rounds) if _is_enough(both, policy)]
    p_values = dict(zip(tested, holm([mann_whitney(*rounds[index]) for index in tested]), strict=True))
    return tuple(_decide(both, p_values.get(index), better, policy) for index, both in enumerate(rounds))


def _is_enough(both: tuple[Sequence[float], Sequence[float]], policy: Policy) -> bool:
    # At least one, whatever the policy says: without a round there is no rank.
    return min(len(side) for side in both) >= max(1, policy.least_rounds) and all(median(side) > 0.0 for side in both)


def _decide(
    both: tuple[Sequence[float], Sequence[float]], p_value: float | None, better: Better, policy: Policy
) -> RoundsDecision:
    if p_value is None:
        return RoundsDecision(Outcome.INCONCLUSIVE, None, None)
    ratio = median(both[1]) / median(both[0])
    gain = 100.0 * (ratio - 1.0 if better is Better.HIGHER else 1.0 - ratio)
    outcome = Outcome.SAME
    if p_value < policy.significance and gain < -policy.least_speed_loss:
        outcome = Outcome.REGRESSED
    elif p_value < policy.significance and gain > policy.least_speed_loss:
        outcome = Outcome.IMPROVED
    return RoundsDecision(outcome, ratio, p_value)


def judge_sampled(pairs: Sequence[Pair], policy: Policy) -> tuple[Verdict, ...]:
    """Judge the pairs without a hurdle of one metric on one data set, together."""
    if not pairs:
        return ()
    rounds = [(_rounds(pair, "baseline"), _rounds(pair, "candidate")) for pair in pairs]
    decisions = decide_rounds(rounds, pairs[0].metric.better, policy)
    return tuple(_verdict(*each, policy) for each in zip(pairs, rounds, decisions, strict=True))


def _rounds(pair: Pair, side: str) -> tuple[float, ...]:
    record = pair.baseline if side == "baseline" else pair.candidate
    return () if record is None else record.measurements[pair.metric.key].samples or ()


def _verdict(
    pair: Pair, both: tuple[tuple[float, ...], tuple[float, ...]], decision: RoundsDecision, policy: Policy
) -> Verdict:
    counts = [len(side) for side in both]
    evidence: dict[str, Json] = {
        "test": "Mann-Whitney, two-sided",
        "baseline_rounds": counts[0],
        "candidate_rounds": counts[1],
        "least_rounds": policy.least_rounds,
        "least_speed_loss_percent": policy.least_speed_loss,
    }
    if decision.ratio is None or decision.p_value is None:
        reason = (
            "the rounds' median is not above 0"
            if min(counts) >= max(1, policy.least_rounds)
            else f"too few rounds: {counts[0]} against {counts[1]}, and {policy.least_rounds} a side are needed"
        )
        return pair.verdict(decision.outcome, reason, evidence=evidence)
    medians = median(both[0]), median(both[1])
    evidence |= {"baseline_median": medians[0], "candidate_median": medians[1]}
    return pair.verdict(
        decision.outcome,
        _reason(decision, policy),
        difference=medians[1] - medians[0],
        ratio=decision.ratio,
        p_value=decision.p_value,
        evidence=evidence,
    )


def _reason(decision: RoundsDecision, policy: Policy) -> str:
    ratio, p_value = decision.ratio or 0.0, decision.p_value or 0.0
    moved = f"the median round is {abs(100.0 * (ratio - 1.0)):.1f} % {'higher' if ratio > 1.0 else 'lower'}"
    if decision.outcome is not Outcome.SAME:
        return f"{moved} ({p_text(p_value)})"
    if p_value >= policy.significance:
        return f"{moved}, which may be chance ({p_text(p_value)})"
    return f"{moved}, within the {policy.least_speed_loss:g} % that count as the same"
