"""Sampled metrics: runs against runs, measured by how far runs drift; rounds tell only what is worth a second look.

Twenty rounds of one run agree on what the machine was doing that minute. They cannot tell a slower model from a
slower minute, so that a loss is called a regression only where it stands out of the drift between runs as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pwc_bench.core.measurement import Json
from pwc_bench.core.metric import Better, Metric, noise_of
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression.pair import Pair, Tested, p_text
from pwc_bench.statistics import Shift, mann_whitney, shift_between_runs

Rounds = Sequence[float]


@dataclass(frozen=True, slots=True)
class RunsTest:
    """What the runs of both sides say about one variant, before the correction for being one of many."""

    shift: Shift
    rounds_p_value: float
    """Mann and Whitney's, of the newest run's rounds of each side: whether these two runs differ at all."""

    @property
    def p_value(self) -> float:
        """Return the greater p-value: the rounds must differ, and by more than runs drift."""
        return max(self.shift.p_value, self.rounds_p_value)

    def gain(self, better: Better) -> float:
        """Return by how many percent the level became better; negative where it became worse."""
        return 100.0 * (self.shift.ratio - 1.0 if better is Better.HIGHER else 1.0 - self.shift.ratio)


def test_runs(baseline: Sequence[Rounds], candidate: Sequence[Rounds], policy: Policy) -> RunsTest:
    """Test the runs of one variant, the newest first, each with finite rounds whose median is above 0."""
    levels = [[median(rounds) for rounds in runs] for runs in (baseline, candidate)]
    shift = shift_between_runs(levels[0], levels[1], policy.run_drift / 100.0)
    return RunsTest(shift, mann_whitney(baseline[0], candidate[0]))


def outcome_of_runs(test: RunsTest, p_value: float, better: Better, policy: Policy) -> Outcome:
    """Return what a test comes to: SAME, IMPROVED, REGRESSED, or INCONCLUSIVE for a loss that may be drift.

    `p_value` is the test's after the correction over all that were tested together.
    """
    gain = test.gain(better)
    if abs(gain) <= policy.least_speed_loss:
        return Outcome.SAME
    if p_value < policy.significance:
        return Outcome.IMPROVED if gain > 0.0 else Outcome.REGRESSED
    if gain < 0.0 and test.rounds_p_value < policy.significance:
        return Outcome.INCONCLUSIVE
    return Outcome.SAME


@dataclass(frozen=True, slots=True)
class _Usable:
    """The runs of one side that can be compared, newest first, or why there are none."""

    rounds: tuple[tuple[float, ...], ...]
    obstacle: str | None
    left_out: int
    """Runs that were too noisy or too short beside others that are fine."""


def prepare_sampled(pair: Pair, policy: Policy) -> Tested | Verdict:
    """Test a pair without a hurdle, or say what keeps it undecided."""
    if pair.baseline is None or pair.candidate is None:
        raise ValueError("a comparison needs two records")
    runs = pair.baseline_runs or (pair.baseline,), pair.candidate_runs or (pair.candidate,)
    found = [_usable(each, pair.metric, policy) for each in runs]
    evidence = _evidence(pair, found, policy)
    counts = [_count(each[0], pair.metric) for each in runs]
    if any(side.obstacle == _SHORT for side in found):
        reason = f"too few rounds: {counts[0]} against {counts[1]}, and {policy.least_rounds} a side are needed"
        return pair.verdict(Outcome.INCONCLUSIVE, reason, evidence=evidence)
    for whose, side in zip(("baseline", "candidate"), found, strict=True):
        if side.obstacle is not None:
            return pair.verdict(Outcome.INCONCLUSIVE, f"the {whose} {side.obstacle}", evidence=evidence)
    test = test_runs(found[0].rounds, found[1].rounds, policy)

    def conclude(p_value: float, tests: int) -> Verdict:
        seen: dict[str, Json] = {"visible_loss_percent": 100.0 * test.shift.visible_loss(policy.significance / tests)}
        return _verdict(pair, test, p_value, evidence | seen, policy)

    return Tested(test.p_value, conclude)


_SHORT = "too few rounds"


def _usable(runs: Sequence[Record], metric: Metric, policy: Policy) -> _Usable:
    obstacles = [_obstacle(record, metric, policy) for record in runs]
    fine = tuple(
        record.measurements[metric.key].samples or ()
        for record, obstacle in zip(runs, obstacles, strict=True)
        if obstacle is None
    )
    return _Usable(fine, None if fine else obstacles[0], len(runs) - len(fine) if fine else 0)


def _obstacle(record: Record, metric: Metric, policy: Policy) -> str | None:
    measurement = record.measurements[metric.key]
    # At least one, whatever the policy says: without a round there is no rank.
    if len(measurement.samples or ()) < max(1, policy.least_rounds):
        return _SHORT
    if median(measurement.samples or ()) <= 0.0:
        return "has rounds whose median is not above 0"
    noise = noise_of(metric, measurement)
    return f"was measured on a busy machine, so that nothing is decided: {'; '.join(noise)}" if noise else None


def _count(record: Record, metric: Metric) -> int:
    return len(record.measurements[metric.key].samples or ())


def _evidence(pair: Pair, sides: Sequence[_Usable], policy: Policy) -> dict[str, Json]:
    records = pair.baseline, pair.candidate
    counts = [0 if record is None else _count(record, pair.metric) for record in records]
    evidence: dict[str, Json] = {
        "test": "the newest rounds by Mann-Whitney, and the runs' medians against the drift between runs, two-sided",
        "baseline_rounds": counts[0],
        "candidate_rounds": counts[1],
        "least_rounds": policy.least_rounds,
        "least_speed_loss_percent": policy.least_speed_loss,
        "baseline_runs": len(sides[0].rounds),
        "candidate_runs": len(sides[1].rounds),
    }
    left_out = sum(side.left_out for side in sides)
    return evidence | ({"runs_left_out": left_out} if left_out else {})


def _verdict(pair: Pair, test: RunsTest, p_value: float, evidence: dict[str, Json], policy: Policy) -> Verdict:
    outcome = outcome_of_runs(test, p_value, pair.metric.better, policy)
    shift = test.shift
    medians = [median(_samples(record, pair.metric)) for record in (pair.baseline, pair.candidate)]
    evidence = evidence | {
        "baseline_median": medians[0],
        "candidate_median": medians[1],
        "rounds_p_value": test.rounds_p_value,
        "runs_ratio": shift.ratio,
        "drift_percent": 100.0 * shift.drift,
        "drift_is_assumed": shift.degrees is None,
        "suspected": outcome is Outcome.INCONCLUSIVE,
    }
    return pair.verdict(
        outcome,
        _reason(test, outcome, p_value, evidence, policy),
        difference=medians[1] - medians[0],
        ratio=medians[1] / medians[0],
        p_value=p_value,
        evidence=evidence,
    )


def _samples(record: Record | None, metric: Metric) -> tuple[float, ...]:
    return () if record is None else record.measurements[metric.key].samples or ()


def _reason(test: RunsTest, outcome: Outcome, p_value: float, evidence: dict[str, Json], policy: Policy) -> str:
    shift = test.shift
    counts = evidence["baseline_runs"], evidence["candidate_runs"]
    what = "the median round is" if counts == (1, 1) else f"the runs' medians ({counts[1]} against {counts[0]}) are"
    moved = f"{what} {abs(100.0 * (shift.ratio - 1.0)):.1f} % {'higher' if shift.ratio > 1.0 else 'lower'}"
    drift = (
        f"{policy.run_drift:g} % of drift between runs is assumed"
        if shift.degrees is None and 100.0 * shift.drift <= policy.run_drift
        else f"runs drift by {100.0 * shift.drift:.2g} %"
    )
    if outcome in (Outcome.REGRESSED, Outcome.IMPROVED):
        return f"{moved} ({p_text(p_value)}; {drift})"
    if outcome is Outcome.INCONCLUSIVE:
        return f"{moved}, which may be a loss or the machine ({p_text(p_value)}; {drift}): measure it again"
    if abs(100.0 * (shift.ratio - 1.0)) <= policy.least_speed_loss:
        return f"{moved}, within the {policy.least_speed_loss:g} % that count as the same"
    return f"{moved}, which may be chance ({p_text(max(p_value, test.rounds_p_value))}; {drift})"
