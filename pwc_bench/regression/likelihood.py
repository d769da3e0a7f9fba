"""Deciding on the likelihood: the mean over images of how much less probable the right class became."""

from typing import Any

import numpy.typing as npt

from pwc_bench.core.verdict import Outcome, Policy
from pwc_bench.statistics import Interval, paired_bootstrap


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
