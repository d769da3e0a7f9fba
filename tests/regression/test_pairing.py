"""Which records are compared with which, and in which words one is missed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better
from pwc_bench.core.record import Status
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression import Side, compare
from pwc_bench.regression.compare import _describe, judge_exact
from pwc_bench.regression.evidence import are_identical, paired_predictions
from pwc_bench.regression.pair import Pair
from pwc_bench.regression.pairing import pair_up
from pwc_bench.regression.sampled import prepare_sampled
from tests.regression.sides import METRICS, POLICY, Evaluated, accuracy, cost, on_day, side, verdict_on

TOP1, SPEED, COUNT = METRICS["top1"], METRICS["throughput"], METRICS["parameters"]
SAME, IMPROVED, REGRESSED = Outcome.SAME, Outcome.IMPROVED, Outcome.REGRESSED


def test_a_pair_without_one_of_its_records_cannot_be_judged() -> None:
    """Whoever asks for it made a mistake, which is said in words; a pair without both has no verdict at all."""
    whole, empty = side("whole", accuracy()), Side("empty", ())
    for old, new in ((accuracy().record, None), (None, accuracy().record)):
        pair = Pair(metric=TOP1, baseline=old, candidate=new)
        assert not are_identical(pair)
        assert pair.verdict(SAME, "x").dataset == "imagenet-1k"
        with pytest.raises(ValueError, match=r"^predictions are compared between two records$"):
            paired_predictions(pair, whole, empty)
        with pytest.raises(ValueError, match=r"^an exact metric is judged on two records$"):
            judge_exact(pair, ())
        with pytest.raises(ValueError, match=r"^a comparison needs two records$"):
            prepare_sampled(replace(pair, metric=SPEED), POLICY)
        with pytest.raises(ValueError, match=r"^a comparison needs two records$"):
            _describe(pair)
    with pytest.raises(ValueError, match=r"^a pair without a record$"):
        _ = Pair(metric=TOP1, baseline=None, candidate=None).record
    cheap = cost().without("gflops").record
    with pytest.raises(ValueError, match=r"^a record without gflops$"):
        judge_exact(Pair(metric=METRICS["gflops"], baseline=cheap, candidate=cost().record), ())
    with pytest.raises(ValueError, match=r"^a record without gflops$"):
        judge_exact(Pair(metric=METRICS["gflops"], baseline=cost().record, candidate=cheap), ())


def test_a_metric_that_is_gone_is_compared_to_nothing_and_missed() -> None:
    """It stands in under its own key and unit, exact, and shown with three digits; the data set decides its scope."""
    old = accuracy()
    retired = old.but(measurements={**old.record.measurements, "robustness": Measurement(40.0, "%")})
    pairs = pair_up([retired.record], [old.record], METRICS, ("robustness",))
    (metric,) = (pair.metric for pair in pairs)
    assert (metric.key, metric.title, metric.unit, metric.kind.value, metric.scope.value) == (
        "robustness", "robustness", "%", "exact", "dataset",
    )  # fmt: skip
    assert (metric.display.text(40.0), metric.display.unit, metric.definition) == ("40.000", "%", "No longer declared.")
    assert (metric.version, metric.tolerance, metric.better) == (0, 0.0, Better.HIGHER)
    count = cost().but(measurements={"watts": Measurement(4.0, "W")})
    (pair,) = pair_up([count.record], [cost().record], METRICS, ("watts",))
    assert pair.metric.scope.value == "model"
    assert pair.hurdle is not None
    assert (pair.hurdle.outcome, pair.hurdle.reason) == (Outcome.MISSING, "the candidate did not measure it")
    assert pair_up([cost().record], [count.record], METRICS, ("watts",)) == ()


def test_a_failed_attempt_says_why_it_lacks_a_metric() -> None:
    """Or that nobody wrote it down; a partial one may say so too."""

    def reason(**changes: Any) -> str:  # noqa: ANN401 - a record's own fields
        new = cost().without("gflops").but(**changes)
        return verdict_on("gflops", [cost()], [new]).reason

    assert reason(status=Status.FAILED, status_reason="out of memory") == (
        "the candidate's evaluation failed: out of memory"
    )
    assert reason(status=Status.FAILED) == "the candidate's evaluation failed: no reason is recorded"
    assert reason(status_reason="no rule") == "the candidate did not measure it: no rule"
    assert reason() == "the candidate did not measure it"
    lost = compare(side("old", cost()), side("new", accuracy()), metrics=METRICS, policy=POLICY, only=("gflops",))
    assert [verdict.reason for verdict in lost] == ["the candidate has no record of it"]


def test_an_implementation_that_is_no_longer_timed_is_missed_by_name() -> None:
    """What spoke for the variant must not vanish; what was only timed beside it is shown."""
    fused, plain = cost().but(environment={"implementation": "fused"}), cost()

    def told(old: Sequence[Evaluated], new: Sequence[Evaluated]) -> list[tuple[str | None, Outcome, bool, str | None]]:
        found = compare(side("old", *old), side("new", *new), metrics=METRICS, policy=POLICY, only=("throughput",))
        return [(each.implementation, each.outcome, each.is_gated, each.baseline_record) for each in found]

    assert told([fused, plain], [plain]) == [
        ("reference", SAME, True, plain.record.id),
        ("fused", Outcome.MISSING, True, fused.record.id),
    ]
    assert told([fused, plain], [fused]) == [
        ("fused", SAME, True, fused.record.id),
        ("reference", Outcome.MISSING, False, plain.record.id),
    ]
    assert told([plain], [plain]) == [(None, SAME, True, plain.record.id)]


def test_what_is_missed_is_named_by_the_record_that_speaks() -> None:
    """A complete record before a newer partial one; beside an implementation that vanished stands the newest one."""
    whole = cost()
    part = on_day(cost(), 3).but(status=Status.PARTIAL)
    (pair,) = pair_up([whole.record, part.record], [cost().without("gflops").record], METRICS, ("gflops",))
    assert pair.baseline == whole.record
    fused = cost().but(environment={"implementation": "fused"})
    again = compare(side("old", fused, whole), side("new", whole), metrics=METRICS, policy=POLICY, only=("throughput",))
    assert [verdict.candidate_record for verdict in again] == [whole.record.id] * 2
    elsewhere = fused.but(environment={"implementation": "fused", "device": "NVIDIA A100"})
    lone = compare(
        side("old", elsewhere, whole), side("new", whole), metrics=METRICS, policy=POLICY, only=("throughput",)
    )
    assert [(verdict.implementation, verdict.outcome) for verdict in lone] == [("reference", SAME)]


def test_a_machine_whose_attempt_failed_is_missed_beside_one_that_went_well() -> None:
    """By the name of its implementation and with its reason; of a machine that the baseline never had, nothing."""
    fused, plain = cost().but(environment={"implementation": "fused"}), cost()
    failed = fused.but(status=Status.FAILED, status_reason="out of memory", measurements={})

    def missed(*old: Evaluated) -> list[tuple[str | None, str, str | None]]:
        new = side("new", plain, failed)
        found = compare(side("old", *old), new, metrics=METRICS, policy=POLICY, only=("parameters",))
        return [(v.implementation, v.reason, v.candidate_record) for v in found if v.outcome is Outcome.MISSING]

    assert missed(fused, plain) == [("fused", "the candidate's evaluation failed: out of memory", failed.record.id)]
    assert missed(plain) == []
