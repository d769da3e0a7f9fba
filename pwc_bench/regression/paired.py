"""Accuracy and likelihood, judged by what both models said of the same images."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pwc_bench.core.measurement import Json
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression.evidence import (
    PairedPredictions,
    are_identical,
    first_guesses,
    hits,
    likelihoods,
    paired_predictions,
)
from pwc_bench.regression.pair import Hurdle, Pair, Side, Tested, p_text
from pwc_bench.statistics import Interval, mcnemar_exact, paired_bootstrap, paired_t


@dataclass(frozen=True, slots=True)
class Flips:
    """What changed between two results for the same images."""

    images: int
    """At least 1."""
    lost: int
    """Images that the baseline has right and the candidate wrong."""
    gained: int
    """The reverse."""

    @property
    def gain(self) -> float:
        """Return by how many percentage points the share rose."""
        return 100.0 * (self.gained - self.lost) / self.images


def outcome_of_flips(flips: Flips, p_value: float, policy: Policy) -> Outcome:
    """Return SAME, IMPROVED or REGRESSED: a corrected p-value of McNemar's exact test, and a least effect."""
    if p_value >= policy.significance:
        return Outcome.SAME
    if flips.lost > flips.gained and -flips.gain >= policy.least_accuracy_loss:
        return Outcome.REGRESSED
    if flips.gained > flips.lost and flips.gain >= policy.least_accuracy_loss:
        return Outcome.IMPROVED
    return Outcome.SAME


def outcome_of_likelihoods(
    differences: npt.NDArray[Any], p_value: float, policy: Policy
) -> tuple[Outcome, Interval | None]:
    """Return SAME, IMPROVED or REGRESSED, and the mean's 95 % interval where the p-value has not decided already.

    `differences` are the candidate's negative log-likelihoods minus the baseline's in nats, finite, of shape (images,);
    `p_value` is the paired test's after its correction. A change counts where that is small, a paired bootstrap's
    interval leaves out 0, and the mean is large enough to matter.
    """
    if p_value >= policy.significance:
        return Outcome.SAME, None
    mean = float(differences.mean())
    low, high = paired_bootstrap(differences)
    outcome = Outcome.SAME
    if low > 0.0 and mean >= policy.least_likelihood_loss:
        outcome = Outcome.REGRESSED
    elif high < 0.0 and -mean >= policy.least_likelihood_loss:
        outcome = Outcome.IMPROVED
    return outcome, (low, high)


def prepare_paired(pair: Pair, baseline: Side, candidate: Side, policy: Policy) -> Tested | Verdict:
    """Test a pair without a hurdle, or say why its images cannot be compared."""
    if are_identical(pair):  # predictions that are the same to the last byte: nobody needs to read them
        return Tested(1.0, lambda _p_value, _tests: _identical(pair))
    found = paired_predictions(pair, baseline, candidate)
    if isinstance(found, Hurdle):
        return pair.stopped(found)
    test = _test_likelihood if pair.metric.guesses is None else _test_share
    return test(pair, found, policy)


def _identical(pair: Pair) -> Verdict:
    reason = "unchanged: both have the same predictions to the last byte"
    return pair.verdict(Outcome.SAME, reason, difference=0.0, p_value=1.0)


def _test_share(pair: Pair, predictions: PairedPredictions, policy: Policy) -> Tested:
    flips = _flips(pair, predictions)
    p_value = mcnemar_exact(flips.lost, flips.gained)
    return Tested(p_value, lambda p_value, _tests: _verdict_on_share(pair, predictions, flips, p_value, policy))


def _flips(pair: Pair, predictions: PairedPredictions) -> Flips:
    old, new = hits(pair.metric, predictions.baseline), hits(pair.metric, predictions.candidate)
    return Flips(images=len(old), lost=int((old & ~new).sum()), gained=int((~old & new).sum()))


def _verdict_on_share(
    pair: Pair, predictions: PairedPredictions, flips: Flips, p_value: float, policy: Policy
) -> Verdict:
    changed = int((first_guesses(predictions.baseline) != first_guesses(predictions.candidate)).sum())
    broken = _not_finite(predictions)
    evidence: dict[str, Json] = {
        "test": "McNemar, exact, two-sided",
        "images": flips.images,
        "lost": flips.lost,
        "gained": flips.gained,
        "changed_top1": changed,
        "least_accuracy_loss": policy.least_accuracy_loss,
    }
    outcome = outcome_of_flips(flips, p_value, policy)
    reason = _reason(flips, outcome, p_value, policy)
    if broken and outcome is not Outcome.REGRESSED:
        outcome = Outcome.INCONCLUSIVE
        reason = f"{broken:,} of {flips.images:,} images have scores that are no finite numbers"
    return pair.verdict(
        outcome,
        reason,
        difference=flips.gain,
        p_value=p_value,
        evidence=evidence,
        warnings=_warnings(pair, flips, changed, policy),
    )


def _reason(flips: Flips, outcome: Outcome, p_value: float, policy: Policy) -> str:
    if flips.lost + flips.gained == 0:
        return f"the same of {flips.images:,} images are right"
    counted = (
        f"{flips.lost:,} of {flips.images:,} images lost and {flips.gained:,} gained, "
        f"{flips.gain:+.3f} points ({p_text(p_value)})"
    )
    if outcome is not Outcome.SAME:
        return counted
    if p_value >= policy.significance:
        return f"{counted}: no more than chance"
    return f"{counted}: less than the {policy.least_accuracy_loss:g} points that count"


def _warnings(pair: Pair, flips: Flips, changed: int, policy: Policy) -> tuple[str, ...]:
    """Say what decides nothing and may explain much; once a variant, with its top-1."""
    if pair.metric.guesses != 1 or pair.baseline is None or pair.candidate is None:
        return ()
    warnings = []
    share = 100.0 * changed / flips.images
    if share > policy.flips_worth_a_warning:
        warnings.append(f"{share:.2f} % of the top-1 predictions changed ({changed:,} of {flips.images:,}).")
    old, new = pair.baseline.environment, pair.candidate.environment
    if old.decoder != new.decoder:
        warnings.append(f"The images were decoded by {old.decoder or 'an unknown decoder'}, now by {new.decoder}.")
    return tuple(warnings)


def _not_finite(predictions: PairedPredictions) -> int:
    """Count the images of either side whose likelihood or first score is no finite number."""
    broken = np.zeros(len(predictions.baseline.labels), dtype=bool)
    for side in (predictions.baseline, predictions.candidate):
        broken |= ~(np.isfinite(side.nll) & np.isfinite(side.scores[:, 0]))
    return int(broken.sum())


def _test_likelihood(pair: Pair, predictions: PairedPredictions, policy: Policy) -> Tested | Verdict:
    differences = np.asarray(likelihoods(predictions.candidate) - likelihoods(predictions.baseline))
    broken = int((~np.isfinite(differences)).sum())
    if broken:
        return pair.verdict(Outcome.INCONCLUSIVE, f"the likelihood of {broken:,} images is no finite number")
    return Tested(
        paired_t(differences), lambda p_value, _tests: _verdict_on_likelihood(pair, differences, p_value, policy)
    )


def _verdict_on_likelihood(pair: Pair, differences: npt.NDArray[np.float64], p_value: float, policy: Policy) -> Verdict:
    outcome, interval = outcome_of_likelihoods(differences, p_value, policy)
    mean, images = float(differences.mean()), len(differences)
    between = "" if interval is None else " [{:+.5f}, {:+.5f}]".format(*interval)
    counted = f"{mean:+.5f} nats{between} over {images:,} images ({p_text(p_value)})"
    if outcome is Outcome.SAME:
        limit = f"less than the {policy.least_likelihood_loss:g} nats that count"
        counted += ": no more than chance" if p_value >= policy.significance else f": {limit}"
    evidence: dict[str, Json] = {
        "test": "paired t-test, two-sided, and a paired bootstrap of the mean",
        "images": images,
        "interval": None if interval is None else list(interval),
        "least_likelihood_loss": policy.least_likelihood_loss,
    }
    return pair.verdict(outcome, counted, difference=mean, p_value=p_value, evidence=evidence)
