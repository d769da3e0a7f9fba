"""What a comparison comes to, and the limits by which it is judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.metric import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The limits of `pwc-bench check`; `[tool.pwc-bench.check]` of pyproject.toml or pwc-bench.toml may set each."""

    significance: float = 0.01
    """The p-value below which a difference is not chance, after Holm's correction over all that a check tests."""
    least_accuracy_loss: float = 0.05
    """Percentage points of a share such as top-1 that a significant loss must reach to count."""
    least_likelihood_loss: float = 0.0005
    """Nats of mean negative log-likelihood that a significant loss must reach to count."""
    flips_worth_a_warning: float = 0.5
    """Percent of predictions that changed, above which an unchanged accuracy is shown with a warning."""
    least_rounds: int = 20
    """Rounds a side below which a sampled metric is inconclusive."""
    least_speed_loss: float = 5.0
    """Percent by which the median of a sampled metric must be worse to count."""
    run_drift: float = 10.0
    """Percent: the standard deviation between runs of one and the same model that is assumed where the baseline holds
    fewer than three of them."""


class Outcome(StrEnum):
    """Where a candidate stands to its baseline. Only the first three pass."""

    SAME = "same"
    IMPROVED = "improved"
    EQUIVALENT = "equivalent"
    """Shown to be equally good within a stated margin, which is more than the same."""
    REGRESSED = "regressed"
    INCOMPARABLE = "incomparable"
    """Hardware, recipe, data or the metric's version differ, or there is nothing to compare with."""
    MISSING = "missing"
    """The baseline has it and the candidate lacks it, or the candidate's evaluation failed."""
    INCONCLUSIVE = "inconclusive"
    """Compared, and undecided: too few rounds, or no number."""

    @property
    def passes(self) -> bool:
        """Tell whether a check may go on."""
        return self in (Outcome.SAME, Outcome.IMPROVED, Outcome.EQUIVALENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One variant's metric on one data set (or of the architecture), compared."""

    variant: str
    title: str
    """The variant's name for people: "ConViT-S+"."""
    dataset: str | None
    metric: Metric
    outcome: Outcome
    reason: str
    """One sentence: what was found, or why nothing could be."""
    is_gated: bool = True
    """Whether it counts towards the exit code; a descriptive metric is shown only."""
    is_accepted: bool = False
    """Whether somebody accepted this very value (see `core.acceptance`)."""
    baseline: Measurement | None = None
    candidate: Measurement | None = None
    baseline_record: str | None = None
    """The id of the record that holds it."""
    candidate_record: str | None = None
    difference: float | None = None
    """Candidate minus baseline in the metric's unit; for a sampled metric see `ratio`."""
    ratio: float | None = None
    """Candidate over baseline, where the metric is compared as a ratio of medians."""
    p_value: float | None = None
    """After Holm's correction where several variants were tested together."""
    evidence: Mapping[str, Json] = field(default_factory=dict)
    """What the test saw: discordant images, rounds, the least effect."""
    implementation: str | None = None
    """Which implementation it is about, where a side holds several of the variant; else None."""
    warnings: tuple[str, ...] = ()
    """What a reader should know although it decides nothing, each one sentence."""


REGRESSION = 1
"""The exit code of a check that found one, and of nothing else."""
_CODES = {
    Outcome.REGRESSED: REGRESSION,
    Outcome.MISSING: 4,
    Outcome.INCOMPARABLE: 3,
    Outcome.INCONCLUSIVE: 5,
}
"""In the order in which they win where several hold."""

NOTHING_COMPARED = 5


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """Return 0 where every gated verdict passes, else the code of the gravest; 5 where nothing was gated at all."""
    found = {verdict.outcome for verdict in verdicts if verdict.is_gated}
    for outcome, code in _CODES.items():
        if outcome in found:
            return code
    return 0 if found else NOTHING_COMPARED
