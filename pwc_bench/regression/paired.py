"""Paired metrics: the same images on both sides, compared one by one."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pwc_bench.core.measurement import Json
from pwc_bench.core.policy import Policy
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.accuracy import Flips, FlipsDecision, decide_flips
from pwc_bench.regression.evidence import PairedPredictions, are_identical, paired_predictions
from pwc_bench.regression.likelihood import LikelihoodDecision, decide_likelihood
from pwc_bench.regression.p_text import p_text
from pwc_bench.regression.pair import Hurdle, Pair
from pwc_bench.regression.per_image import SHARES, first_guesses, likelihoods
from pwc_bench.regression.side import Side

__all__ = ["judge_paired"]

_Found = Sequence[tuple[Pair, PairedPredictions | None]]
"""None stands for predictions that are the same to the last byte, so that nobody needs to read them."""


def judge_paired(pairs: Sequence[Pair], baseline: Side, candidate: Side, policy: Policy) -> tuple[Verdict, ...]:
    """Judge the pairs without a hurdle of one metric on one data set, together; in their order."""
    verdicts: dict[int, Verdict] = {}
    found: list[tuple[Pair, PairedPredictions | None]] = []
    places: list[int] = []
    for place, pair in enumerate(pairs):
        predictions = None if are_identical(pair) else paired_predictions(pair, baseline, candidate)
        if isinstance(predictions, Hurdle):
            verdicts[place] = pair.stopped(predictions)
        else:
            found.append((pair, predictions))
            places.append(place)
    if found:
        judge: Callable[[_Found, Policy], Sequence[Verdict]] = (
            _judge_shares if pairs[0].metric.key in SHARES else _judge_likelihood
        )
        verdicts |= zip(places, judge(found, policy), strict=True)
    return tuple(verdicts[place] for place in range(len(pairs)))


def _identical(pair: Pair) -> Verdict:
    reason = "unchanged: both have the same predictions to the last byte"
    return pair.verdict(Outcome.SAME, reason, difference=0.0, p_value=1.0)


def _judge_shares(found: _Found, policy: Policy) -> list[Verdict]:
    flips = [_flips(pair, predictions) for pair, predictions in found]
    decisions = decide_flips(flips, policy)
    return [
        _identical(pair) if predictions is None else _verdict_on_share(pair, predictions, each, decision, policy)
        for (pair, predictions), each, decision in zip(found, flips, decisions, strict=True)
    ]


def _flips(pair: Pair, predictions: PairedPredictions | None) -> Flips:
    if predictions is None:
        return Flips(images=1, lost=0, gained=0)
    hits = SHARES[pair.metric.key]
    old, new = hits(predictions.baseline), hits(predictions.candidate)
    return Flips(images=len(old), lost=int((old & ~new).sum()), gained=int((~old & new).sum()))


def _verdict_on_share(
    pair: Pair, predictions: PairedPredictions, flips: Flips, decision: FlipsDecision, policy: Policy
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
    outcome, reason = decision.outcome, _reason(flips, decision, policy)
    if broken and outcome is not Outcome.REGRESSED:
        outcome = Outcome.INCONCLUSIVE
        reason = f"{broken:,} of {flips.images:,} images have scores that are no finite numbers"
    return pair.verdict(
        outcome,
        reason,
        difference=flips.gain,
        p_value=decision.p_value,
        evidence=evidence,
        warnings=_warnings(pair, flips, changed, policy),
    )


def _reason(flips: Flips, decision: FlipsDecision, policy: Policy) -> str:
    if flips.lost + flips.gained == 0:
        return f"the same of {flips.images:,} images are right"
    counted = (
        f"{flips.lost:,} of {flips.images:,} images lost and {flips.gained:,} gained, "
        f"{flips.gain:+.3f} points ({p_text(decision.p_value)})"
    )
    if decision.outcome is not Outcome.SAME:
        return counted
    if decision.p_value >= policy.significance:
        return f"{counted}: no more than chance"
    return f"{counted}: less than the {policy.least_accuracy_loss:g} points that count"


def _warnings(pair: Pair, flips: Flips, changed: int, policy: Policy) -> tuple[str, ...]:
    """Say what decides nothing and may explain much; once a variant, with its top-1."""
    if pair.metric.key != "top1" or pair.baseline is None or pair.candidate is None:
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


def _judge_likelihood(found: _Found, policy: Policy) -> list[Verdict]:
    differences = [_differences(predictions) for _, predictions in found]
    whole = [index for index, each in enumerate(differences) if np.isfinite(each).all()]
    decisions = dict(zip(whole, decide_likelihood([differences[index] for index in whole], policy), strict=True))
    verdicts = []
    for index, (pair, predictions) in enumerate(found):
        decision = decisions.get(index)
        if predictions is None:
            verdicts.append(_identical(pair))
        elif decision is None:
            count = int((~np.isfinite(differences[index])).sum())
            reason = f"the likelihood of {count:,} images is no finite number"
            verdicts.append(pair.verdict(Outcome.INCONCLUSIVE, reason))
        else:
            verdicts.append(_verdict_on_likelihood(pair, decision, len(differences[index]), policy))
    return verdicts


def _differences(predictions: PairedPredictions | None) -> npt.NDArray[np.float64]:
    if predictions is None:
        return np.zeros(1)
    return np.asarray(likelihoods(predictions.candidate) - likelihoods(predictions.baseline))


def _verdict_on_likelihood(pair: Pair, decision: LikelihoodDecision, images: int, policy: Policy) -> Verdict:
    between = "" if decision.interval is None else " [{:+.5f}, {:+.5f}]".format(*decision.interval)
    counted = f"{decision.mean:+.5f} nats{between} over {images:,} images ({p_text(decision.p_value)})"
    if decision.outcome is Outcome.SAME:
        limit = f"less than the {policy.least_likelihood_loss:g} nats that count"
        counted += ": no more than chance" if decision.p_value >= policy.significance else f": {limit}"
    evidence: dict[str, Json] = {
        "test": "paired t-test, two-sided, and a paired bootstrap of the mean",
        "images": images,
        "interval": None if decision.interval is None else list(decision.interval),
        "least_likelihood_loss": policy.least_likelihood_loss,
    }
    return pair.verdict(
        decision.outcome, counted, difference=decision.mean, p_value=decision.p_value, evidence=evidence
    )
