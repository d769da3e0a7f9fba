"""What a verdict carries besides its outcome, where its limits lie, and what is refused in which words."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.stats

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.exact_value import exact_value
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Metric
from pwc_bench.core.noise import middle_half, noise_of, spread_noise
from pwc_bench.core.policy import Policy
from pwc_bench.core.record import Record, Status, Weights, WeightsStatus
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression import Side, compare, predictions_needed
from pwc_bench.regression.accuracy import Flips, outcome_of_flips
from pwc_bench.regression.comparability import differences, image_differences
from pwc_bench.regression.compare import _describe
from pwc_bench.regression.equivalence import pair_images
from pwc_bench.regression.evidence import are_identical, paired_predictions
from pwc_bench.regression.exact import judge_exact
from pwc_bench.regression.hurdles import find_hurdle
from pwc_bench.regression.likelihood import outcome_of_likelihoods
from pwc_bench.regression.p_text import p_text
from pwc_bench.regression.pair import Hurdle, Pair
from pwc_bench.regression.pairing import pair_up
from pwc_bench.regression.per_image import likelihoods
from pwc_bench.regression.sampled import RunsTest, outcome_of_runs, prepare_sampled
from pwc_bench.statistics import Shift
from tests.regression.sides import METRICS, Evaluated, accuracy, cost, predictions, rounds, side

TOP1, SPEED, COUNT = METRICS["top1"], METRICS["throughput"], METRICS["parameters"]
SAME, IMPROVED, REGRESSED = Outcome.SAME, Outcome.IMPROVED, Outcome.REGRESSED
POLICY = Policy()


def verdict_on(
    metric: str,
    old: Sequence[Evaluated],
    new: Sequence[Evaluated],
    policy: Policy = POLICY,
    equivalent: float | None = None,
) -> Verdict:
    """The one verdict of a check of one metric."""
    found = compare(
        side("old", *old), side("new", *new), metrics=METRICS, policy=policy, only=(metric,), equivalent=equivalent
    )
    (verdict,) = found
    return verdict


def _mcnemar(lost: int, gained: int) -> float:
    return float(scipy.stats.binomtest(lost, lost + gained).pvalue)


def test_a_verdict_on_an_accuracy_carries_its_test() -> None:
    """60 of 2,000 lost and 10 gained, 75 guesses changed: all that a program needs to test it again."""
    old, new = accuracy(), accuracy(found=predictions(1_500, lost=60, gained=10, shifted=5))
    verdict = verdict_on("top1", [old], [new])
    assert verdict.evidence == {
        "test": "McNemar, exact, two-sided", "images": 2_000, "lost": 60, "gained": 10, "changed_top1": 75,
        "least_accuracy_loss": 0.05,
    }  # fmt: skip
    assert verdict.p_value == pytest.approx(_mcnemar(60, 10))
    assert (verdict.difference, verdict.ratio, verdict.is_gated, verdict.is_accepted) == (-2.5, None, True, False)
    assert (verdict.variant, verdict.title, verdict.dataset) == ("convit-s", "convit-s", "imagenet-1k")
    assert (verdict.baseline, verdict.candidate) == (old.record.measurements["top1"], new.record.measurements["top1"])
    assert (verdict.baseline_record, verdict.candidate_record) == (old.record.id, new.record.id)
    assert verdict.warnings == ("3.75 % of the top-1 predictions changed (75 of 2,000).",)
    same = verdict_on("top1", [old], [old])
    assert (same.difference, same.p_value, same.warnings) == (0.0, 1.0, ())


def test_a_decoder_that_changed_is_told_with_the_top1() -> None:
    """Once a variant; an unknown one is called so."""
    old = accuracy().but(environment={"decoder": None})
    new = accuracy(found=predictions(1_499)).but(environment={"decoder": "Pillow 12"})
    assert verdict_on("top1", [old], [new]).warnings == (
        "The images were decoded by an unknown decoder, now by Pillow 12.",
    )
    assert verdict_on("top5", [old], [new]).warnings == ()
    named = old.but(environment={"decoder": "Pillow 11"})
    assert verdict_on("top1", [named], [new]).warnings == ("The images were decoded by Pillow 11, now by Pillow 12.",)


def test_half_a_percent_of_changed_guesses_is_no_warning_yet() -> None:
    """10 of 2,000 pass without a word, 11 do not."""
    found = [verdict_on("top1", [accuracy()], [accuracy(found=predictions(1_500, shifted=n))]) for n in (10, 11)]
    assert [verdict.warnings for verdict in found] == [(), ("0.55 % of the top-1 predictions changed (11 of 2,000).",)]


def test_a_verdict_on_a_likelihood_carries_its_interval() -> None:
    """About 0.01 nats worse: the t-test, and the bootstrap's interval, which lies about the mean."""
    old, new = predictions(1_500), predictions(1_500, nll=0.01)
    verdict = verdict_on("nll", [accuracy(found=old)], [accuracy(found=new)])
    moved = new.nll.astype(np.float64) - old.nll.astype(np.float64)
    interval = verdict.evidence["interval"]
    assert isinstance(interval, list)
    error = 1.96 * moved.std() / math.sqrt(2_000)
    assert interval == [pytest.approx(moved.mean() - error, abs=1e-4), pytest.approx(moved.mean() + error, abs=1e-4)]
    assert verdict.evidence == {
        "test": "paired t-test, two-sided, and a paired bootstrap of the mean", "images": 2_000, "interval": interval,
        "least_likelihood_loss": 0.0005,
    }  # fmt: skip
    assert verdict.outcome is REGRESSED
    assert verdict.difference == pytest.approx(moved.mean())
    assert verdict.p_value == pytest.approx(float(scipy.stats.ttest_1samp(moved, 0.0).pvalue))
    same = verdict_on("nll", [accuracy(found=old)], [accuracy(found=replace(old, nll=old.nll + np.float32(0.0)))])
    assert (same.outcome, same.difference, same.p_value) == (SAME, 0.0, 1.0)


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


@pytest.mark.parametrize(
    ("lost", "gained", "p_value", "outcome"),
    [
        (5, 0, 0.0099, REGRESSED),
        (5, 0, 0.01, SAME),
        (0, 5, 0.0099, IMPROVED),
        (0, 5, 0.01, SAME),
        (5, 5, 0.0, SAME),
        (4, 0, 0.0, SAME),
        (0, 4, 0.0, SAME),
    ],
)
def test_a_loss_of_five_images_in_ten_thousand_counts(lost: int, gained: int, p_value: float, outcome: Outcome) -> None:
    """0.05 points at a p-value below 0.01, for better as for worse."""
    flips = Flips(images=10_000, lost=lost, gained=gained)
    assert flips.gain == pytest.approx((gained - lost) / 100)
    assert outcome_of_flips(flips, p_value, POLICY) is outcome


@pytest.mark.parametrize(
    ("mean", "spread", "p_value", "outcome"),
    [
        (0.5, 0.0, 0.0, REGRESSED),
        (-0.5, 0.0, 0.0, IMPROVED),
        (0.25, 0.0, 0.0, SAME),
        (-0.25, 0.0, 0.0, SAME),
        (0.75, 64.0, 0.0, SAME),
        (-0.75, 64.0, 0.0, SAME),
        (0.75, 0.0, 0.01, SAME),
        (0.75, 0.0, 0.0099, REGRESSED),
    ],
)
def test_a_likelihood_counts_from_the_least_loss_on(
    mean: float, spread: float, p_value: float, outcome: Outcome
) -> None:
    """Here half a nat, where the interval leaves out 0 and the test is sure; else nobody asks for an interval."""
    moved = np.full(100, mean) + np.tile([spread, -spread], 50)
    found, interval = outcome_of_likelihoods(moved, p_value, Policy(least_likelihood_loss=0.5))
    assert found is outcome
    assert (interval is None) is (p_value >= 0.01)
    if interval is not None and not spread:
        assert interval == (mean, mean)


def test_no_change_is_none_whatever_the_least_loss() -> None:
    """An interval that is 0 alone leaves it out on neither side."""
    assert outcome_of_likelihoods(np.zeros(10), 0.0, Policy(least_likelihood_loss=0.0)) == (SAME, (0.0, 0.0))


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


@pytest.mark.parametrize(
    ("p_value", "text"),
    [(0.0043, "p = 0.0043"), (1.0, "p = 1"), (1e-6, "p = 1e-06"), (9.9e-7, "p < 0.000001"), (0.0, "p < 0.000001")],
)
def test_p_values_have_the_digits_that_matter(p_value: float, text: str) -> None:
    """Two, down to a millionth."""
    assert p_text(p_value) == text


@pytest.mark.parametrize(
    ("lost", "gained", "shifted", "reason"),
    [
        (0, 0, 5, "the same of 20,000 images are right"),
        (4, 3, 0, "4 of 20,000 images lost and 3 gained, -0.005 points (p = 1): no more than chance"),
        (
            9,
            0,
            0,
            "9 of 20,000 images lost and 0 gained, -0.045 points (p = 0.0039): less than the 0.05 points that count",
        ),
        (0, 1_234, 0, "0 of 20,000 images lost and 1,234 gained, +6.170 points (p < 0.000001)"),
    ],
)
def test_an_accuracy_says_why_it_passes(lost: int, gained: int, shifted: int, reason: str) -> None:
    """Nothing flipped, chance, too little to count; a gain is told like a loss."""
    old = accuracy(found=predictions(15_000, images=20_000))
    new = accuracy(found=predictions(15_000, images=20_000, lost=lost, gained=gained, shifted=shifted))
    assert verdict_on("top1", [old], [new]).reason == reason


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


def test_the_same_file_is_the_same_result_where_the_values_agree() -> None:
    """A hash that two records share, with another value in one of them, needs a look at the images."""
    one = accuracy().record
    assert are_identical(Pair(metric=TOP1, baseline=one, candidate=one))
    other = replace(one, measurements={**one.measurements, "top1": Measurement(75.5, "%")})
    assert not are_identical(Pair(metric=TOP1, baseline=one, candidate=other))
    for part in (0, 1):
        bare = replace(one, provenance=replace(one.provenance, predictions=None))
        records = (bare, one) if part == 0 else (one, bare)
        assert not are_identical(Pair(metric=TOP1, baseline=records[0], candidate=records[1]))
    bare = replace(one, provenance=replace(one.provenance, predictions=None))
    assert not are_identical(Pair(metric=TOP1, baseline=bare, candidate=bare))


def hurdle_of(old: Evaluated, new: Evaluated, metric: Metric = TOP1) -> tuple[Outcome, str] | None:
    """What keeps the predictions of two records from being compared."""
    found = paired_predictions(
        Pair(metric=metric, baseline=old.record, candidate=new.record), side("old", old), side("new", new)
    )
    return (found.outcome, found.reason) if isinstance(found, Hurdle) else None


def test_predictions_must_bear_out_their_records() -> None:
    """Their number, the share that is right, the mean likelihood: to the digits that a file can hold."""
    one = accuracy()
    assert hurdle_of(one, one) is None

    def told(metric: str, value: float, seen: int | None = 2_000) -> Evaluated:
        measured = {**one.record.measurements, metric: Measurement(value, "%")}
        return one.but(measurements=measured, provenance={"images_seen": seen})

    stray = "predictions are not those of its record:"
    assert hurdle_of(told("top1", 76.0), one) == (
        Outcome.INCOMPARABLE, f"the baseline's {stray} they give top1 75 and not 76",
    )  # fmt: skip
    assert hurdle_of(one, told("top1", 75.0, 1_999)) == (
        Outcome.INCOMPARABLE, f"the candidate's {stray} 2,000 images and not 1,999",
    )  # fmt: skip
    assert hurdle_of(one, told("top1", 75.0, None)) is None
    assert hurdle_of(one, told("top1", 75.0 + 5e-8)) is None
    assert hurdle_of(one, told("top1", 75.0 + 5e-7)) is not None
    nll = METRICS["nll"]
    mean = one.record.measurements["nll"].value
    assert hurdle_of(one, told("nll", mean + 5e-7), nll) is None
    assert hurdle_of(one, told("nll", mean + 2e-6), nll) == (
        Outcome.INCOMPARABLE, f"the candidate's {stray} they give nll {mean:.6g} and not {mean + 2e-6:.6g}",
    )  # fmt: skip
    ece = replace(TOP1, key="ece", title="Calibration error")
    assert hurdle_of(one, one, ece) == (
        Outcome.INCOMPARABLE, "no rule says what an image contributes to Calibration error",
    )  # fmt: skip
    assert hurdle_of(accuracy(found=predictions(1_500)), accuracy(found=predictions(750, images=1_000))) == (
        Outcome.INCOMPARABLE, "the predictions are of other images or labels",
    )  # fmt: skip


def test_absent_predictions_say_why() -> None:
    """The first side that lacks them speaks: none named, none loaded, or what loading said."""
    one = accuracy()
    pair = Pair(metric=TOP1, baseline=one.record, candidate=one.record)
    have, bare = side("have", one), Side("bare", (one.record,))
    said = Side("bare", (one.record,), absent_predictions={one.record.id: "the file is missing"})
    unnamed = one.but(provenance={"predictions": None}).record

    def reason(pair: Pair, old: Side, new: Side) -> str:
        found = paired_predictions(pair, old, new)
        assert isinstance(found, Hurdle)
        assert found.outcome is Outcome.INCOMPARABLE
        return found.reason

    assert reason(pair, bare, have) == "no per-image predictions of the baseline: none were loaded"
    assert reason(pair, have, said) == "no per-image predictions of the candidate: the file is missing"
    assert reason(pair, said, bare) == "no per-image predictions of the baseline: the file is missing"
    assert reason(replace(pair, candidate=unnamed), have, bare) == (
        "no per-image predictions of the candidate: its record names none"
    )


def test_what_differs_is_told_in_words() -> None:
    """Versions, images, labels, sizes, methods; of a quantity that one side does not know, nothing or "unknown"."""
    one, count = accuracy(), cost()

    def told(metric: Metric, old: Evaluated, new: Evaluated) -> tuple[str, ...]:
        return differences(metric, old.record, new.record)

    newer = one.but(measurements={**one.record.measurements, "top1": Measurement(75.0, "%", version=2)})
    assert told(TOP1, one, newer) == ("version of the metric's definition 1 against 2",)
    assert image_differences(TOP1, one.record, newer.record) == told(TOP1, one, newer)
    bf16 = one.but(environment={"precision": "bf16"})
    assert told(TOP1, one, bf16) == ("precision fp32 against bf16",)
    assert image_differences(TOP1, one.record, bf16.record) == ()
    other = one.but(provenance={"manifest_sha256": "ef" * 32, "images_seen": 1_000})
    words = "images and labels: manifest cdcdcdcd (2,000 images) against efefefef (1,000 images)"
    assert told(TOP1, one, other) == image_differences(TOP1, one.record, other.record) == (words,)
    unknown = one.but(provenance={"manifest_sha256": None, "images_seen": None})
    assert told(TOP1, unknown, one) == (
        "images and labels: manifest unknown (unknown images) against cdcdcdcd (2,000 images)",
    )
    assert told(TOP1, unknown, unknown) == ("images and labels: no manifest hash on either side",)
    fewer = one.but(provenance={"images_seen": 1_990})
    assert told(TOP1, one, fewer) == ("images that could be evaluated: 2000 against 1990",)
    failed = one.but(provenance={"images_failed": 3})
    assert len(told(TOP1, one, failed)) == 1
    small, large = (count.but(environment={"input_px": side}) for side in (224, 384))
    assert told(COUNT, small, large) == ("side of the input in px 224 against 384",)
    assert told(COUNT, count, large) == told(COUNT, large, count) == ()
    assert told(TOP1, *(one.but(environment={"input_px": side}) for side in (224, 384))) == ()


def test_speeds_differ_in_how_they_were_measured_too() -> None:
    """The forwards of a round for a latency, the variants of a pass for its throughput."""

    def timed(metric: str, details: Any) -> Record:  # noqa: ANN401 - what a record may hold
        found = Measurement(1.0, "ms", samples=(1.0,) * 20, details=details)
        base = accuracy() if metric == "throughput_end_to_end" else cost()
        return base.but(measurements={metric: found}).record

    def told(metric: str, old: Any, new: Any) -> tuple[str, ...]:  # noqa: ANN401
        return differences(METRICS[metric], timed(metric, old), timed(metric, new))

    five, ten = {"batch_size": 1, "forwards_per_round": 5}, {"batch_size": 1, "forwards_per_round": 10}
    assert told("latency_p99", five, ten) == ("forwards in a round 5 against 10",)
    assert told("latency_p50", {"batch_size": 1}, ten) == ("forwards in a round unknown against 10",)
    assert told("latency_p50", five, five) == told("throughput", five, {**five, "forwards_per_round": 10}) == ()
    two, three = {"variants": ["a", "b"]}, {"variants": ["a", "b", "c"]}
    assert told("throughput_end_to_end", two, three) == ("variants in the pass a, b against a, b, c",)
    assert told("throughput_end_to_end", two, {}) == told("throughput_end_to_end", {}, two) == ()
    assert told("throughput_end_to_end", two, two) == ()


def test_hurdles_come_gravest_first() -> None:
    """No number, then what was not finished, then what differs."""

    def found(old: Evaluated, new: Evaluated, metric: Metric = TOP1) -> tuple[Outcome, str] | None:
        hurdle = find_hurdle(metric, old.record, new.record)
        return None if hurdle is None else (hurdle.outcome, hurdle.reason)

    one = accuracy()
    partial = one.but(status=Status.PARTIAL, status_reason="10 of 2,000 images")
    silent = one.but(status=Status.PARTIAL, status_reason=None)
    nan = one.but(measurements={"top1": Measurement(math.nan, "%")}, status=Status.PARTIAL)
    lost = cost(throughput=(*rounds(9.0)[1:], math.inf))
    broken = "value or one of its rounds is no finite number"
    assert found(one, one) is None
    assert found(one, nan) == (Outcome.INCONCLUSIVE, f"the candidate's {broken}")
    assert found(nan, one) == (Outcome.INCONCLUSIVE, f"the baseline's {broken}")
    assert found(nan, nan) == (Outcome.INCONCLUSIVE, f"the candidate's {broken}")
    assert found(cost(), lost, SPEED) == (Outcome.INCONCLUSIVE, f"the candidate's {broken}")
    assert found(one, partial) == (Outcome.MISSING, "the candidate's evaluation is incomplete: 10 of 2,000 images")
    assert found(one, silent) == (Outcome.MISSING, "the candidate's evaluation is incomplete: no reason is recorded")
    assert found(partial, one) == (Outcome.INCOMPARABLE, "different the baseline is incomplete (10 of 2,000 images)")
    moved = one.but(provenance={"manifest_sha256": "ef" * 32})
    words = "different images and labels: manifest cdcdcdcd (2,000 images) against efefefef (2,000 images)"
    assert found(partial, moved) == (
        Outcome.INCOMPARABLE, f"{words}; the baseline is incomplete (10 of 2,000 images)",
    )  # fmt: skip
    assert found(partial, partial) is None
    half = cost().but(status=Status.PARTIAL)
    assert found(cost(), half, COUNT) is None
    assert found(half, cost(), COUNT) is None


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


def test_only_what_is_asked_for_needs_predictions() -> None:
    """None for a metric that is not compared image by image; for equality also of another precision."""
    old, new = accuracy().record, accuracy(found=predictions(1_499)).record
    bf16 = replace(new, environment=replace(new.environment, precision="bf16"))
    nothing = frozenset[str](), frozenset[str]()
    both = frozenset({old.id}), frozenset({new.id})
    assert predictions_needed([old], [new], metrics=METRICS, only=("weights",)) == nothing
    assert predictions_needed([old], [new], metrics=METRICS, only=("top1",)) == both
    assert predictions_needed([old], [bf16], metrics=METRICS) == nothing
    assert predictions_needed([old], [bf16], metrics=METRICS, equivalent=0.5) == (both[0], frozenset({bf16.id}))


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


def _newer(found: Evaluated, day: int, **environment: Any) -> Evaluated:  # noqa: ANN401 - an environment's own fields
    return found.but(started=f"2026-02-{day:02}T12:00:00Z", environment=environment)


def test_equality_is_asked_of_the_newest_records_of_each_machine() -> None:
    """Of the baseline the newest that saw the same images; a candidate's machines each have a pair, newest first."""
    one = accuracy()
    older, newer = _newer(one, 1), _newer(one, 2)
    other = _newer(one, 3).but(provenance={"manifest_sha256": "ef" * 32})
    failed = _newer(one, 4).but(status=Status.FAILED)
    bf16, fp16 = _newer(one, 5, precision="bf16"), _newer(one, 6, precision="fp16", implementation="fused")
    stale = _newer(one, 1, precision="bf16")
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
    bare = [_newer(small, day).without("top1") for day in (2, 3)]
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


def test_predictions_without_numbers_decide_nothing() -> None:
    """Three likelihoods that are none, in a record that has their mean from elsewhere; and shares of such images."""
    found = predictions(1_500)
    nll = np.array(found.nll)
    nll[:3] = np.nan
    old = accuracy()
    new = accuracy(found=replace(found, nll=nll))
    new = new.but(measurements={**new.record.measurements, "nll": Measurement(0.65, "nats")})
    verdict = verdict_on("nll", [old], [new])
    assert (verdict.outcome, verdict.reason) == (
        Outcome.INCONCLUSIVE, "the likelihood of 3 images is no finite number",
    )  # fmt: skip
    words = "3 of 2,000 images have scores that are no finite numbers"
    assert (verdict_on("top1", [old], [new]).outcome, verdict_on("top1", [old], [new]).reason) == (
        Outcome.INCONCLUSIVE, words,
    )  # fmt: skip
    assert verdict_on("top1", [old], [new], equivalent=0.5).reason == words
    scores = np.array(found.scores)
    scores[5, 0] = np.inf
    unsure = accuracy(found=replace(found, scores=scores, nll=found.nll + np.float32(0.001)))
    assert verdict_on("top1", [unsure], [old]).reason == words.replace("3 of", "1 of")
    lost = accuracy(found=replace(predictions(1_500, lost=60), nll=nll))
    assert verdict_on("top1", [old], [lost]).outcome is REGRESSED  # what is known is enough


def test_at_the_significance_itself_it_is_chance() -> None:
    """3 lost and 3 gained have p = 1, which is not below 1."""
    new = accuracy(found=predictions(1_500, lost=3, gained=3))
    verdict = verdict_on("top1", [accuracy()], [new], Policy(significance=1.0))
    assert verdict.reason.endswith("(p = 1): no more than chance")


def test_operators_that_nobody_skipped_are_none() -> None:
    """Before or now."""

    def skipping(*names: str) -> Evaluated:
        details = {"skipped": dict.fromkeys(names, 1)}
        return cost().but(measurements={"gflops": Measurement(5.757, "GFLOPs", details=details)})

    first, then = skipping(), skipping("add")
    assert verdict_on("gflops", [first], [then]).reason.startswith("the skipped operators changed from none to add,")
    assert verdict_on("gflops", [then], [first]).reason.startswith("the skipped operators changed from add to none,")


def test_likelihoods_are_doubles() -> None:
    """They are kept in single precision, in which 100,000,000 and 1 add up to 100,000,000."""
    found = predictions(1_500, images=2_000)
    nll = np.zeros(2_000, dtype=np.float32)
    nll[:2] = (1e8, 1.0)
    assert float(likelihoods(replace(found, nll=nll)).sum()) == 100_000_001.0


def test_what_is_missed_is_named_by_the_record_that_speaks() -> None:
    """A complete record before a newer partial one; beside an implementation that vanished stands the newest one."""
    whole = cost()
    part = _newer(cost(), 3).but(status=Status.PARTIAL)
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


def test_further_runs_count_beside_the_candidates_own() -> None:
    """Two runs that were made to confirm a suspicion, of the same code, make three."""
    old = side("old", *_campaigns(3_000.0, 3_018.0, 2_985.0, 2_997.0, 3_009.0))
    again = tuple(found.record for found in _campaigns(2_710.0, 2_690.0, first=10))
    new = replace(side("new", *_campaigns(2_700.0, first=9)), reruns=again)
    (verdict,) = compare(old, new, metrics=METRICS, policy=POLICY, only=("throughput",))
    assert (verdict.outcome, verdict.evidence["candidate_runs"]) == (REGRESSED, 3)
