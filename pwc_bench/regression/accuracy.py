"""Deciding on shares such as top-1: the images that one side has right and the other wrong, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from pwc_bench.core.policy import Policy
from pwc_bench.core.verdict import Outcome
from pwc_bench.statistics import holm, mcnemar_exact

__all__ = ["Flips", "FlipsDecision", "decide_flips"]


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


@dataclass(frozen=True, slots=True)
class FlipsDecision:
    """What the flips say about one variant."""

    outcome: Outcome
    """SAME, IMPROVED or REGRESSED."""
    p_value: float
    """After Holm's correction over all variants that were decided together."""


def decide_flips(flips: Sequence[Flips], policy: Policy) -> tuple[FlipsDecision, ...]:
    """Decide on several variants together: McNemar's exact test, Holm's correction, and a least effect."""
    p_values = holm([mcnemar_exact(each.lost, each.gained) for each in flips])
    return tuple(
        FlipsDecision(_outcome(each, p_value, policy), p_value) for each, p_value in zip(flips, p_values, strict=True)
    )


def _outcome(flips: Flips, p_value: float, policy: Policy) -> Outcome:
    if p_value >= policy.significance:
        return Outcome.SAME
    if flips.lost > flips.gained and -flips.gain >= policy.least_accuracy_loss:
        return Outcome.REGRESSED
    if flips.gained > flips.lost and flips.gain >= policy.least_accuracy_loss:
        return Outcome.IMPROVED
    return Outcome.SAME
