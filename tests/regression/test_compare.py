"""Comparing two sides: what every kind of metric comes to, and the whole of it."""

from collections.abc import Sequence
from dataclasses import replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.verdict import Outcome, Policy, Verdict, exit_code
from pwc_bench.regression import Side, compare, predictions_needed
from tests.regression.sides import METRICS, Evaluated, accuracy, cost, predictions, rounds, side


def _compare(baseline: Side, candidate: Side, only: tuple[str, ...] = ()) -> dict[str, Verdict]:
    found = compare(baseline, candidate, metrics=METRICS, policy=Policy(), only=only)
    return {verdict.metric.key: verdict for verdict in found}


def _on_day(day: int, speed: float) -> Evaluated:
    """A campaign of a day of one month, 20 rounds at about `speed` images/s."""
    found = cost(throughput=rounds(speed, seed=day))
    return found.but(campaign=f"day-{day}", started=f"2026-01-{day:02}T12:00:00Z")


def _timed(variant: str, rates: Sequence[float], latencies: Sequence[float]) -> Evaluated:
    """A record of two speeds."""
    speeds = {
        "throughput": Measurement(3_000.0, "images/s", samples=tuple(rates), details={"batch_size": 64}),
        "latency_p50": Measurement(50.0, "ms", samples=tuple(latencies), details={"batch_size": 1}),
    }
    return cost(variant).but(measurements=speeds)


def test_a_record_against_itself_passes() -> None:
    """Every metric is there, gated, and the same."""
    one = side("one", accuracy(), cost())
    found = _compare(one, one)
    assert list(found) == ["gflops", "parameters", "throughput", "top1", "top5", "nll", "weights"]
    assert {verdict.outcome for verdict in found.values()} == {Outcome.SAME}
    assert exit_code(found.values()) == 0


def test_a_significant_loss_is_a_regression_and_says_how_much() -> None:
    """60 of 2,000 images lost and 10 gained: 2.5 points."""
    found = _compare(side("old", accuracy()), side("new", accuracy(found=predictions(1_500, lost=60, gained=10))))
    verdict = found["top1"]
    assert verdict.outcome is Outcome.REGRESSED
    assert verdict.difference == -2.5
    assert "60 of 2,000 images lost and 10 gained, -2.500 points" in verdict.reason
    assert verdict.evidence["lost"] == 60
    assert verdict.p_value is not None
    assert verdict.p_value < 1e-8
    assert "3.50 % of the top-1 predictions changed (70 of 2,000)." in verdict.warnings


def test_a_slower_model_is_suspected_and_confirmed_by_measuring_again() -> None:
    """One run that is 7 % slower may be drift; three are not, where five runs of the baseline repeat to 1.5 %."""
    levels = (3_000.0, 3_060.0, 2_940.0, 2_980.0, 3_030.0)
    old = side("old", *(_on_day(day, level) for day, level in enumerate(levels, start=1)))
    suspected = _compare(old, side("new", _on_day(8, 2_790.0)))["throughput"]
    assert (suspected.outcome, suspected.evidence["suspected"]) == (Outcome.INCONCLUSIVE, True)
    again = side("new", _on_day(8, 2_790.0), _on_day(9, 2_805.0), _on_day(10, 2_790.0))
    confirmed = _compare(old, again)["throughput"]
    assert confirmed.outcome is Outcome.REGRESSED
    assert (confirmed.evidence["baseline_runs"], confirmed.evidence["candidate_runs"]) == (5, 3)
    assert confirmed.ratio is not None
    assert round(confirmed.ratio, 3) == round(2_790 / 3_030, 3)


def test_runs_of_other_code_do_not_speak_for_the_candidate() -> None:
    """A folder that holds fast runs of an older commit besides the newest, slow one hides nothing."""
    old = side("old", *(_on_day(day, 3_000.0 + day) for day in range(1, 6)))
    older = [_on_day(day, 3_000.0 + day).but(provenance={"git_commit": "a" * 40}) for day in range(6, 9)]
    new = side("new", *older, _on_day(9, 2_500.0).but(provenance={"git_commit": "b" * 40}))
    verdict = _compare(old, new)["throughput"]
    assert (verdict.outcome, verdict.evidence["candidate_runs"]) == (Outcome.REGRESSED, 1)


def test_speeds_are_one_family_over_all_metrics() -> None:
    """Holm's correction counts each variant and metric in rounds: here two metrics of two variants."""
    noisy = [rounds(3_000.0, spread=0.03, seed=seed) for seed in range(2)]
    found = [
        [
            _timed(name, rates=[100.0 * rate / 3_000.0 for rate in noisy[place]], latencies=noisy[1 - place])
            for name in ("convit-s", "convit-b")
        ]
        for place in range(2)
    ]
    both = compare(side("old", *found[0]), side("new", *found[1]), metrics=METRICS, policy=Policy(run_drift=0.0))
    one = compare(
        side("old", found[0][0]),
        side("new", found[1][0]),
        metrics=METRICS,
        policy=Policy(run_drift=0.0),
        only=("throughput",),
    )
    raw = one[0].p_value
    assert raw is not None
    assert [round(v.p_value or 0.0, 9) for v in both if v.metric.key == "throughput"] == [
        round(min(1.0, 4 * raw), 9)
    ] * 2


def test_only_narrows_the_metrics() -> None:
    """What is not named has no verdict at all."""
    one = side("one", accuracy(), cost())
    assert list(_compare(one, one, only=("top1", "weights"))) == ["top1", "weights"]
    assert exit_code(compare(one, one, metrics=METRICS, policy=Policy(), only=("energy",))) == 5


def test_only_the_predictions_that_are_compared_are_needed() -> None:
    """Neither of a record of cost, nor of an older campaign."""
    old, new, older = accuracy(), accuracy(found=predictions(1_499)), accuracy(started="2025-01-01T00:00:00Z")
    records = (old.record, older.record, cost().record)
    needed = predictions_needed(records, (new.record, cost().record), metrics=METRICS)
    assert needed == (frozenset({old.record.id}), frozenset({new.record.id}))


def test_a_count_that_two_machines_agree_on_has_one_verdict() -> None:
    """A candidate with a record of a GPU and one of a CPU says its GFLOPs once; where they differ, both speak."""
    gpu, cpu = cost(), cost(device="Test CPU")
    old = side("old", gpu)
    keys = [verdict.metric.key for verdict in compare(old, side("new", gpu, cpu), metrics=METRICS, policy=Policy())]
    assert keys.count("gflops") == keys.count("parameters") == 1
    counted = dict(cpu.record.measurements) | {"parameters": Measurement(28_000_000, "count")}
    other = Evaluated(replace(cpu.record, measurements=counted))
    found = compare(old, side("new", gpu, other), metrics=METRICS, policy=Policy(), only=("parameters",))
    assert sorted(verdict.outcome for verdict in found) == [Outcome.REGRESSED, Outcome.SAME]
