"""Counts, which are compared for equality, and what is shown without being judged."""

from dataclasses import replace
from typing import Any

from pwc_bench.core.acceptance import Acceptance, exact_value
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Weights, WeightsStatus
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression import compare
from tests.regression.sides import METRICS, POLICY, Evaluated, accuracy, cost, side, verdict_on

SAME, IMPROVED, REGRESSED = Outcome.SAME, Outcome.IMPROVED, Outcome.REGRESSED


def test_a_count_that_changed_carries_both_texts() -> None:
    """The operators that were skipped, the hashes of weights, the difference of numbers."""
    old = cost()
    more = old.but(measurements={"gflops": Measurement(5.757, "GFLOPs", details={"skipped": {"roll": 2, "add": 25}})})
    verdict = verdict_on("gflops", [old], [more])
    assert (verdict.outcome, verdict.difference, verdict.evidence) == (
        REGRESSED, 0.0, {"baseline": "add, gelu", "candidate": "add, roll"},
    )  # fmt: skip
    assert verdict.reason == ("the skipped operators changed from add, gelu to add, roll, and nobody has accepted it")
    wanted = Acceptance(
        variant="convit-s", dataset=None, metric="gflops", metric_version=1, value=5.757, text="add, roll",
        reason="wanted", accepted_by="Ada", accepted_at="2026-02-01T09:00:00Z",
    )  # fmt: skip
    (let,) = compare(
        side("old", old), side("new", more), metrics=METRICS, policy=POLICY, only=("gflops",), accepted=(wanted,)
    )
    assert (let.outcome, let.is_accepted, let.evidence) == (SAME, True, verdict.evidence)
    assert let.reason == (
        "the skipped operators changed from add, gelu to add, roll; accepted by Ada on 2026-02-01: wanted"
    )
    larger = old.but(measurements={"parameters": Measurement(27_777_323, "count")})
    found = verdict_on("parameters", [old], [larger])
    assert (found.difference, found.evidence) == (1, {})
    assert found.reason == "changed from 27,777,322 to 27,777,323 count, and nobody has accepted it"
    half = old.but(
        measurements={"gflops": Measurement(0.1 + 0.2, "GFLOPs", details={"skipped": {"add": 1, "gelu": 1}})}
    )
    assert verdict_on("gflops", [old], [half]).reason.startswith("changed from 5.757 to 0.30000000000000004 GFLOPs")
    weights = [
        accuracy().but(provenance={"weights": Weights(WeightsStatus.LOCAL, "model.pth", digit * 64)}) for digit in "ab"
    ]
    changed = verdict_on("weights", [weights[0]], [weights[1]])
    assert changed.reason == "changed from aaaaaaaaaaaa to bbbbbbbbbbbb, and nobody has accepted it"
    assert (changed.difference, changed.evidence) == (None, {"baseline": "a" * 64, "candidate": "b" * 64})
    same = verdict_on("parameters", [old], [old])
    assert (same.difference, same.reason, same.evidence) == (0, "unchanged", {})


def test_a_doubted_count_names_the_operators_and_both_amounts() -> None:
    """As the two counters have them; no differences are no doubt, of whatever form they are."""

    def doubted(differing: Any) -> Evaluated:  # noqa: ANN401 - what a record of another version may hold
        details = {"skipped": {"add": 1}, "counters": {"counted_by": "fvcore", "differences": differing}}
        return cost().but(measurements={"gflops": Measurement(5.757, "GFLOPs", details=details)})

    two = doubted({"matmul": {"fvcore": 4_000, "torch": 1_200}, "conv": 7})
    verdict = verdict_on("gflops", [two], [two])
    assert (verdict.outcome, verdict.difference) == (Outcome.INCONCLUSIVE, 0.0)
    assert verdict.reason == (
        "unchanged, but in doubt: two counters differ in the multiply-adds of matmul (fvcore 4,000, torch 1,200), "
        "conv (7)"
    )
    named = verdict_on("gflops", [cost()], [two])
    assert named.evidence == {"baseline": "add, gelu", "candidate": "add"}
    assert named.outcome is Outcome.INCONCLUSIVE
    nothings: tuple[Any, ...] = ({}, None, ["matmul"], "matmul")
    for nothing in nothings:
        assert verdict_on("gflops", [doubted(nothing)], [doubted(nothing)]).outcome is SAME
    assert verdict_on("gflops", [two], [doubted({})]).outcome is Outcome.INCONCLUSIVE
    by_torch = replace(
        two.record.measurements["gflops"], details={"skipped": {"add": 1}, "counters": {"counted_by": "torch"}}
    )
    assert exact_value(replace(two.record, measurements={"gflops": by_torch}), "gflops") is not None
    found = exact_value(replace(two.record, measurements={"gflops": by_torch}), "gflops")
    assert found is not None
    assert (found.value, found.text, found.doubt, found.version) == (5.757, None, None, 1)
    assert exact_value(two.record, "weights") is None
    assert exact_value(two.record, "top1") is None


def test_a_described_metric_shows_its_difference_and_gates_nothing() -> None:
    """Memory that grew by 10 MiB is told, with its unit."""

    def holding(mib: float) -> Evaluated:
        more = {"peak_memory": Measurement(mib, "MiB", details={"batch_size": 64})}
        return cost().but(measurements=more)

    verdict = verdict_on("peak_memory", [holding(500.0)], [holding(510.5)])
    assert (verdict.outcome, verdict.is_gated, verdict.difference) == (SAME, False, 10.5)
    assert verdict.reason == "shown, never gated: +10.5 MiB"
    gone = verdict_on("peak_memory", [holding(500.0)], [cost()])
    assert (gone.outcome, gone.is_gated) == (Outcome.MISSING, False)


def test_operators_that_nobody_skipped_are_none() -> None:
    """Before or now."""

    def skipping(*names: str) -> Evaluated:
        details = {"skipped": dict.fromkeys(names, 1)}
        return cost().but(measurements={"gflops": Measurement(5.757, "GFLOPs", details=details)})

    first, then = skipping(), skipping("add")
    assert verdict_on("gflops", [first], [then]).reason.startswith("the skipped operators changed from none to add,")
    assert verdict_on("gflops", [then], [first]).reason.startswith("the skipped operators changed from add to none,")
