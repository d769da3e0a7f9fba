"""Deciding on the likelihood: the mean over images of how much less probable the right class became."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from pwc_bench.core.policy import Policy
from pwc_bench.core.verdict import Outcome
from pwc_bench.statistics import Interval, holm, paired_bootstrap, paired_t

__all__ = ["LikelihoodDecision", "decide_likelihood"]


@dataclass(frozen=True, slots=True)
class LikelihoodDecision:
    """What the differences say about one variant."""

    outcome: Outcome
    """SAME, IMPROVED or REGRESSED."""
    mean: float
    """Nats; positive where the candidate is worse."""
    p_value: float
    """After Holm's correction over all variants that were decided together."""
    interval: Interval | None = None
    """The 95 % interval of the mean, from a paired bootstrap over images; None where the p-value has decided."""


def decide_likelihood(differences: Sequence[npt.NDArray[Any]], policy: Policy) -> tuple[LikelihoodDecision, ...]:
    """Decide on several variants together.

    `differences` holds for each the candidate's negative log-likelihood minus the baseline's in nats, finite, of shape
    (images,). A change counts where the paired test's p-value is small after Holm's correction, a paired bootstrap's
    interval leaves out 0, and the mean is large enough to matter.
    """
    p_values = holm([paired_t(each) for each in differences])
    return tuple(_decide(each, p_value, policy) for each, p_value in zip(differences, p_values, strict=True))


def _decide(differences: npt.NDArray[Any], p_value: float, policy: Policy) -> LikelihoodDecision:
    mean = float(differences.mean())
    if p_value >= policy.significance:
        return LikelihoodDecision(Outcome.SAME, mean, p_value)
    low, high = paired_bootstrap(differences)
    outcome = Outcome.SAME
    if low > 0.0 and mean >= policy.least_likelihood_loss:
        outcome = Outcome.REGRESSED
    elif high < 0.0 and -mean >= policy.least_likelihood_loss:
        outcome = Outcome.IMPROVED
    return LikelihoodDecision(outcome, mean, p_value, (low, high))
