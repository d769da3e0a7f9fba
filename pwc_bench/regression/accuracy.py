"""Deciding on shares such as top-1: the images that one side has right and the other wrong, and nothing else."""

from dataclasses import dataclass

from pwc_bench.core.verdict import Outcome, Policy


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
