"""Whether two sides are equally good: what the verdict carries, and of which records it is asked."""

import pytest

from pwc_bench.core.record import Status
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression.equivalence import pair_images
from pwc_bench.regression.pair import Hurdle
from tests.regression.sides import METRICS, accuracy, cost, on_day, predictions, verdict_on

SAME, IMPROVED, REGRESSED = Outcome.SAME, Outcome.IMPROVED, Outcome.REGRESSED


def test_a_verdict_on_equality_carries_its_churn() -> None:
    """Of 10,000 images 12 lost and 10 gained: 0.22 % of the first guesses changed; the p-value is that of the loss."""
    old, new = (
        accuracy(found=predictions(7_500, images=10_000)),
        accuracy(found=predictions(7_500, images=10_000, lost=12, gained=10)).but(environment={"precision": "bf16"}),
    )
    verdict = verdict_on("top1", [old], [new], equivalent=0.5)
    assert verdict.evidence == {
        "test": "two one-sided tests on paired images (Tango's score for shares, Student's t for likelihoods)",
        "margin": "0.5 points", "images": 10_000, "changed_top1": 22, "churn_percent": pytest.approx(0.22),
    }  # fmt: skip
    assert verdict.outcome is Outcome.EQUIVALENT
    assert verdict.difference == pytest.approx(-0.02)
    assert verdict.p_value is not None
    assert verdict.p_value < 1e-9
    assert verdict.warnings == ("Compared on purpose: precision fp32 against bf16.",)
    assert verdict.reason.endswith("churn: 0.22 % of the top-1 predictions changed (22 of 10,000)")
    other = verdict_on("top5", [old], [new], equivalent=0.5)
    assert (other.warnings, "churn" in other.reason) == ((), False)
    fused = new.but(environment={"implementation": "fused"}, variant="my:model")
    assert verdict_on("top1", [old], [fused], equivalent=0.5).warnings == (
        (
            "Compared on purpose: variant convit-s against my:model, precision fp32 against bf16, "
            "implementation reference against fused."
        ),
    )


def test_what_equality_calls_better_or_worse_says_how_surely() -> None:
    """Both are tested two-sided, so that neither comes cheap."""
    old = accuracy(found=predictions(7_500, images=10_000))
    worse = accuracy(found=predictions(7_500, images=10_000, lost=140, gained=20))
    better = accuracy(found=predictions(7_500, images=10_000, lost=20, gained=140))
    found = [verdict_on("top1", [old], [new], equivalent=0.5) for new in (worse, better)]
    assert [verdict.outcome for verdict in found] == [REGRESSED, IMPROVED]
    assert [verdict.difference for verdict in found] == [pytest.approx(-1.2), pytest.approx(1.2)]
    assert found[0].p_value == pytest.approx(found[1].p_value)
    assert found[0].p_value is not None
    assert 1e-12 < found[0].p_value < 1e-6
    nats = [
        verdict_on(
            "nll", [accuracy(found=predictions(1_500))], [accuracy(found=predictions(1_500, nll=shift))], equivalent=0.5
        )
        for shift in (0.02, -0.02)
    ]
    assert [verdict.outcome for verdict in nats] == [REGRESSED, IMPROVED]
    assert [verdict.evidence["margin"] for verdict in nats] == ["0.005 nats"] * 2
    assert [verdict.difference for verdict in nats] == [pytest.approx(0.02, abs=1e-3), pytest.approx(-0.02, abs=1e-3)]
    assert verdict_on("top1", [old], [old], equivalent=0.5).difference == 0.0


def test_equality_is_asked_of_the_newest_records_of_each_machine() -> None:
    """Of the baseline the newest that saw the same images; a candidate's machines each have a pair, newest first."""
    one = accuracy()
    older, newer = on_day(one, 1), on_day(one, 2)
    other = on_day(one, 3).but(provenance={"manifest_sha256": "ef" * 32})
    failed = on_day(one, 4).but(status=Status.FAILED)
    bf16, fp16 = on_day(one, 5, precision="bf16"), on_day(one, 6, precision="fp16", implementation="fused")
    stale = on_day(one, 1, precision="bf16")
    old = [found.record for found in (older, other, newer, failed)]
    new = [found.record for found in (stale, bf16, fp16)]
    pairs = pair_images(old, new, METRICS, ("top1",))
    assert [(pair.baseline, pair.candidate, pair.implementation, pair.hurdle) for pair in pairs] == [
        (newer.record, fp16.record, "fused", None),
        (newer.record, bf16.record, "reference", None),
    ]
    (alone,) = pair_images([newer.record], [bf16.record], METRICS, ("top1",))
    assert (alone.implementation, alone.metric.key) == (None, "top1")
    everything = pair_images([newer.record], [bf16.record], METRICS, ())
    assert [pair.metric.key for pair in everything] == ["top1", "top5", "nll"]


def test_equality_misses_what_the_candidate_lacks() -> None:
    """By variant: what was not measured, and what has no record at all; the newest record of the candidate is named."""
    small, large = accuracy("convit-ti"), accuracy("convit-b")
    bare = [on_day(small, day).without("top1") for day in (2, 3)]
    pairs = pair_images([small.record, large.record], [found.record for found in bare], METRICS, ("top1",))
    assert [(pair.baseline, pair.candidate, pair.hurdle) for pair in pairs] == [
        (large.record, None, Hurdle(Outcome.MISSING, "the candidate has no record of it")),
        (small.record, bare[1].record, Hurdle(Outcome.MISSING, "the candidate did not measure it")),
    ]
    failed = small.but(status=Status.FAILED)
    (pair,) = pair_images([small.record], [failed.record], METRICS, ("top1",))
    assert pair.hurdle == Hurdle(Outcome.MISSING, "the candidate did not measure it")
    assert pair_images([failed.record], [small.record], METRICS, ("top1",)) == ()
    assert pair_images([cost().record], [small.record], METRICS, ("top1",)) == ()
