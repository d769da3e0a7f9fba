"""The words that all formats share: outcomes, their order, what an exit code means."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pwc_bench.core.verdict import Outcome, Verdict

_ORDER = (
    Outcome.REGRESSED,
    Outcome.MISSING,
    Outcome.INCOMPARABLE,
    Outcome.INCONCLUSIVE,
    Outcome.IMPROVED,
    Outcome.EQUIVALENT,
    Outcome.SAME,
)
"""Worst first, as exit codes rank them."""

MEANINGS = {
    0: "nothing got worse",
    1: "a regression",
    3: "something cannot be compared with the baseline",
    4: "something that the baseline has is missing or failed",
    5: "undecided, or nothing was compared",
}
"""What each exit code of a check says."""


def meaning(exit_code: int) -> str:
    """Return what an exit code means in a few words."""
    return MEANINGS.get(exit_code, "the check itself failed")


def sorted_verdicts(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts worst first, what is gated before what is only shown, else in the given order."""
    return tuple(sorted(verdicts, key=lambda verdict: (not verdict.is_gated, _ORDER.index(verdict.outcome))))


def subject(verdict: Verdict, metrics: str | None = None) -> str:
    """Return what a verdict is about: "ConViT-S: Top-1 accuracy on imagenet-1k"; `metrics` names several of them."""
    place = "" if verdict.dataset is None else f" on {verdict.dataset}"
    return f"{of_implementation(verdict.title, verdict)}: {metrics or verdict.metric.title}{place}"


def of_implementation(name: str, verdict: Verdict) -> str:
    """Return a variant's `name` with the implementation where a side holds several: "ConViT-S (fused)"."""
    return name if verdict.implementation is None else f"{name} ({verdict.implementation})"


def standing(verdict: Verdict) -> str:
    """Return the outcome; "new" where the baseline has nothing that it could be compared with."""
    is_new = verdict.baseline is None and verdict.baseline_record is None and not verdict.is_gated
    return "new" if is_new and verdict.outcome is Outcome.INCOMPARABLE else str(verdict.outcome)


def tags(verdict: Verdict) -> tuple[str, ...]:
    """Return what else must be said beside the outcome."""
    accepted = ("accepted",) if verdict.is_accepted else ()
    shown = () if verdict.is_gated else ("not gated",)
    return (*accepted, *shown)


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return how many verdicts there are of each outcome: "1 regressed, 12 same; 3 not gated"."""
    gated = Counter(verdict.outcome for verdict in verdicts if verdict.is_gated)
    shown = sum(not verdict.is_gated for verdict in verdicts)
    counted = ", ".join(f"{gated[outcome]:,} {outcome}" for outcome in _ORDER if gated[outcome])
    text = counted or "nothing was compared"
    return f"{text}; {shown:,} not gated" if shown else text
