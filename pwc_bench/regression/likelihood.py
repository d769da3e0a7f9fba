"""Deciding on the likelihood: the mean over images of how much less probable the right class became."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from pwc_bench.core.policy import Policy
from pwc_bench.core.verdict import Outcome
from pwc_bench.statistics import Interval, PairedMean, holm, paired_mean

__all__ = ["LikelihoodDecision", "decide_likelihood"]


@dataclass(frozen=True, slots=True)
class LikelihoodDecision:
    """What the differences say about one variant."""

    outcome: Outcome
    """SAME, IMPROVED or REGRESSED."""
    mean: float
    """Nats; positive where the candidate is worse."""
    interval: Interval
    """The 95 % interval of the mean, from a paired bootstrap over images."""
    p_value: float
    """After Holm's correction over all variants that were decided together."""


def decide_likelihood(differences: Sequence[npt.NDArray[Any]], policy: Policy) -> tuple[LikelihoodDecision, ...]:
    """Decide on several variants together.

    `differences` holds for each the candidate's negative log-likelihood minus the baseline's in nats, finite, of shape
    (images,). A change counts where the paired bootstrap's interval leaves out 0, the paired test's p-value is small
    after Holm's correction, and the mean is large enough to matter.
    """
    found = [paired_mean(each) for each in differences]
    p_values = holm([each.p_value for each in found])
    return tuple(
        LikelihoodDecision(_outcome(each, p_value, policy), each.mean, each.interval, p_value)
        for each, p_value in zip(found, p_values, strict=True)
    )


def _outcome(found: PairedMean, p_value: float, policy: Policy) -> Outcome:
    if p_value >= policy.significance:
        return Outcome.SAME
    if found.interval[0] > 0.0 and found.mean >= policy.least_likelihood_loss:
        return Outcome.REGRESSED
    if found.interval[1] < 0.0 and -found.mean >= policy.least_likelihood_loss:
        return Outcome.IMPROVED
    return Outcome.SAME
