"""Accuracy and likelihood, judged image by image: what a verdict carries, and from which loss on it counts."""

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from pwc_bench.core.verdict import Outcome, Policy
from pwc_bench.regression.pair import p_text
from pwc_bench.regression.paired import Flips, outcome_of_flips, outcome_of_likelihoods
from tests.regression.sides import POLICY, accuracy, predictions, verdict_on

SAME, IMPROVED, REGRESSED = Outcome.SAME, Outcome.IMPROVED, Outcome.REGRESSED


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


def test_at_the_significance_itself_it_is_chance() -> None:
    """3 lost and 3 gained have p = 1, which is not below 1."""
    new = accuracy(found=predictions(1_500, lost=3, gained=3))
    verdict = verdict_on("top1", [accuracy()], [new], Policy(significance=1.0))
    assert verdict.reason.endswith("(p = 1): no more than chance")
