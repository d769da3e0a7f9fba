"""Comparing two sides: what every kind of metric comes to, and the whole of it."""

from dataclasses import replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.policy import Policy
from pwc_bench.core.verdict import Outcome, Verdict, exit_code
from pwc_bench.regression import Side, compare, predictions_needed
from tests.regression.sides import METRICS, Evaluated, accuracy, cost, predictions, rounds, side


def _compare(baseline: Side, candidate: Side, only: tuple[str, ...] = ()) -> dict[str, Verdict]:
    found = compare(baseline, candidate, metrics=METRICS, policy=Policy(), only=only)
    return {verdict.metric.key: verdict for verdict in found}


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


def test_a_slower_model_is_a_regression() -> None:
    """By 10 % of the median."""
    verdict = _compare(side("old", cost()), side("new", cost(throughput=rounds(2_700.0, seed=1))))["throughput"]
    assert verdict.outcome is Outcome.REGRESSED
    assert verdict.ratio is not None
    assert round(verdict.ratio, 3) == 0.9


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
