"""Speeds, judged by runs: what a verdict carries, which runs count, and from which loss on."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.stats

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, middle_half, noise_of, spread_noise
from pwc_bench.core.verdict import Outcome, Policy
from pwc_bench.regression import compare
from pwc_bench.regression.pair import p_text
from pwc_bench.regression.sampled import RunsTest, outcome_of_runs
from pwc_bench.statistics import Shift
from tests.regression.sides import METRICS, POLICY, Evaluated, cost, rounds, side, verdict_on

TOP1, SPEED, COUNT = METRICS["top1"], METRICS["throughput"], METRICS["parameters"]
SAME, IMPROVED, REGRESSED = Outcome.SAME, Outcome.IMPROVED, Outcome.REGRESSED


def _campaigns(*levels: float, first: int = 1, **options: Any) -> list[Evaluated]:  # noqa: ANN401
    return [
        cost(throughput=rounds(level, seed=1), **options).but(
            campaign=f"day-{day}", started=f"2026-01-{day:02}T12:00:00Z"
        )
        for day, level in enumerate(levels, start=first)
    ]


def test_a_verdict_on_a_speed_carries_what_runs_it_saw() -> None:
    """Five quiet runs against one that is a tenth slower: medians, drift, and the least loss that it could see."""
    levels = (3_000.0, 3_018.0, 2_985.0, 2_997.0, 3_009.0)
    old, new = _campaigns(*levels), _campaigns(2_700.0, first=9)
    verdict = verdict_on("throughput", old, new)
    logs = np.log(levels)
    drift, shift = logs.std(ddof=1), math.log(2_700.0) - logs.mean()
    spread = drift * math.sqrt(1 + 1 / 5)
    t = scipy.stats.t.isf(0.005, 4) + scipy.stats.t.ppf(0.95, 4)
    p_value = 2 * scipy.stats.t.sf(abs(shift) / spread, 4)
    ranks = scipy.stats.mannwhitneyu(rounds(3_009.0, seed=1), rounds(2_700.0, seed=1))
    assert verdict.evidence == {
        "test": "the newest rounds by Mann-Whitney, and the runs' medians against the drift between runs, two-sided",
        "baseline_rounds": 20, "candidate_rounds": 20, "least_rounds": 20, "least_speed_loss_percent": 5.0,
        "baseline_runs": 5, "candidate_runs": 1,
        "visible_loss_percent": pytest.approx(100 * (1 - math.exp(-t * spread))),
        "baseline_median": pytest.approx(3_009.0), "candidate_median": pytest.approx(2_700.0),
        "rounds_p_value": pytest.approx(float(ranks.pvalue)),
        "runs_ratio": pytest.approx(math.exp(shift)), "drift_percent": pytest.approx(100 * drift),
        "drift_is_assumed": False, "suspected": False,
    }  # fmt: skip
    assert verdict.p_value == pytest.approx(p_value)
    assert verdict.outcome is REGRESSED
    assert verdict.difference == pytest.approx(-309.0)
    assert verdict.ratio == pytest.approx(2_700 / 3_009)
    assert verdict.reason == (
        f"the runs' medians (1 against 5) are 10.1 % lower ({p_text(p_value)}; runs drift by {100 * drift:.2g} %)"
    )


def test_runs_that_are_left_out_are_counted() -> None:
    """A short one and a busy one beside a good one; what is suspected says so."""
    short = cost(throughput=rounds(3_000.0, count=19)).but(started="2026-01-20T12:00:00Z")
    busy = Measurement(9.0, "images/s", samples=rounds(9.0), details={"batch_size": 64, "load": {"noise": ["others"]}})
    loud = cost().but(measurements={"throughput": busy}, started="2026-01-21T12:00:00Z")
    verdict = verdict_on("throughput", [*_campaigns(3_000.0), short, loud], _campaigns(2_700.0, first=9))
    assert (verdict.evidence["runs_left_out"], verdict.evidence["baseline_runs"]) == (2, 1)
    assert (verdict.outcome, verdict.evidence["suspected"], verdict.evidence["drift_is_assumed"]) == (
        Outcome.INCONCLUSIVE, True, True,
    )  # fmt: skip
    hopeless = verdict_on("throughput", [short, short.but(campaign="again")], _campaigns(2_700.0, first=9))
    assert (hopeless.outcome, hopeless.evidence["baseline_runs"]) == (Outcome.INCONCLUSIVE, 0)
    assert "runs_left_out" not in hopeless.evidence
    assert "runs_left_out" not in verdict_on("throughput", _campaigns(3_000.0), _campaigns(2_700.0, first=9)).evidence


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (rounds(9.0, count=19), rounds(9.0), "too few rounds: 19 against 20, and 20 a side are needed"),
        (rounds(9.0), rounds(9.0, count=3), "too few rounds: 20 against 3, and 20 a side are needed"),
        ((0.0,) * 20, rounds(9.0), "the baseline has rounds whose median is not above 0"),
        (rounds(9.0), (-1.0,) * 11 + (9.0,) * 9, "the candidate has rounds whose median is not above 0"),
    ],
)
def test_rounds_that_cannot_be_compared_decide_nothing(
    old: tuple[float, ...], new: tuple[float, ...], reason: str
) -> None:
    """Nineteen are too few, and a speed of nothing is none; the first such side is named."""
    verdict = verdict_on("throughput", [cost(throughput=old)], [cost(throughput=new)])
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, reason)
    assert verdict.evidence["baseline_rounds"] == len(old)


def test_without_a_least_number_one_round_is_needed_still() -> None:
    """Whatever a policy says: without a round there is no rank. A speed below one a second is one."""
    policy = Policy(least_rounds=0)
    one = verdict_on("throughput", [cost(throughput=(0.5,))], [cost(throughput=(0.5,))], policy)
    assert (one.outcome, one.ratio) == (SAME, 1.0)
    bare = cost().but(measurements={"throughput": Measurement(9.0, "images/s", details={"batch_size": 64})})
    assert verdict_on("throughput", [bare], [bare], policy).reason.startswith("too few rounds: 0 against 0")


def _runs(ratio: float, rounds_p_value: float) -> RunsTest:
    return RunsTest(Shift(ratio=ratio, p_value=0.004, drift=0.01, degrees=4, spread=0.01), rounds_p_value)


@pytest.mark.parametrize(
    ("ratio", "p_value", "rounds_p", "higher", "lower"),
    [
        (0.9, 0.009, 0.001, REGRESSED, IMPROVED),
        (1.1, 0.009, 0.001, IMPROVED, REGRESSED),
        (0.9, 0.01, 0.001, Outcome.INCONCLUSIVE, SAME),
        (1.1, 0.01, 0.001, SAME, Outcome.INCONCLUSIVE),
        (0.9, 0.01, 0.01, SAME, SAME),
        (1.0, 0.0, 0.0, SAME, SAME),
        (0.75, 0.01, 0.0, Outcome.INCONCLUSIVE, SAME),
    ],
)
def test_what_a_test_of_runs_comes_to(
    ratio: float, p_value: float, rounds_p: float, higher: Outcome, lower: Outcome
) -> None:
    """A loss that only the rounds show is suspected; a gain needs nobody to look again."""
    test = _runs(ratio, rounds_p)
    assert outcome_of_runs(test, p_value, Better.HIGHER, POLICY) is higher
    assert outcome_of_runs(test, p_value, Better.LOWER, POLICY) is lower
    assert test.gain(Better.HIGHER) == pytest.approx(100 * (ratio - 1)) == -test.gain(Better.LOWER)
    assert test.p_value == max(0.004, rounds_p)


def test_the_least_loss_itself_does_not_count() -> None:
    """A quarter, where a quarter is let pass: 0.75 and 1.25 have no binary dust."""
    policy = Policy(least_speed_loss=25.0)
    for ratio in (0.75, 1.25):
        assert outcome_of_runs(_runs(ratio, 0.0), 0.0, Better.HIGHER, policy) is SAME
    assert outcome_of_runs(_runs(0.74, 0.0), 0.0, Better.HIGHER, policy) is REGRESSED
    fine = Policy(least_speed_loss=0.25)
    found = [outcome_of_runs(_runs(ratio, 0.0), 0.0, Better.HIGHER, fine) for ratio in (1.005, 0.995)]
    assert found == [IMPROVED, REGRESSED]


def test_a_series_of_rounds_is_quiet_up_to_its_metrics_spread() -> None:
    """The middle half of 1, 2, 3, 4, 5 spans two thirds of their median: what is named says so."""
    metric = replace(SPEED, quiet_spread=2 / 3)
    assert middle_half([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2 / 3)
    assert middle_half([0.0, 0.0]) == 0.0
    assert middle_half([0.5, 0.5, 1.0]) == pytest.approx(0.5)
    assert spread_noise(metric, [1.0, 2.0, 3.0, 4.0, 5.0]) == ()
    loud = replace(metric, quiet_spread=0.5)
    words = "the middle half of the rounds spans 67 % of the median"
    assert spread_noise(loud, [1.0, 2.0, 3.0, 4.0, 5.0]) == (words,)
    assert spread_noise(loud, [1.0]) == spread_noise(replace(metric, quiet_spread=None), [1.0, 9.0]) == ()
    assert spread_noise(replace(metric, quiet_spread=0.4), [1.0, 3.0]) == (
        "the middle half of the rounds spans 50 % of the median",
    )
    seen = Measurement(
        3.0, "images/s", samples=(1.0, 2.0, 3.0, 4.0, 5.0), details={"load": {"noise": ["others", words]}}
    )
    assert noise_of(loud, seen) == ("others", words)
    assert noise_of(loud, replace(seen, details={})) == (words,)
    assert noise_of(loud, replace(seen, details={"load": ["noise"]}, samples=None)) == ()


def test_further_runs_count_beside_the_candidates_own() -> None:
    """Two runs that were made to confirm a suspicion, of the same code, make three."""
    old = side("old", *_campaigns(3_000.0, 3_018.0, 2_985.0, 2_997.0, 3_009.0))
    again = tuple(found.record for found in _campaigns(2_710.0, 2_690.0, first=10))
    new = replace(side("new", *_campaigns(2_700.0, first=9)), reruns=again)
    (verdict,) = compare(old, new, metrics=METRICS, policy=POLICY, only=("throughput",))
    assert (verdict.outcome, verdict.evidence["candidate_runs"]) == (REGRESSED, 3)
