"""The words and numbers of a verdict, alike in every report."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression.explanation import Explanation

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


ABSENT = "-"
"""Where there is no number."""

NO_NUMBER = "no number"
"""What stands for NaN and infinity."""

_MOST_DECIMALS = 15
_WIDE = 14
"""A plain number with more characters than this is written with an exponent."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Both values and the change between them."""

    baseline: str
    candidate: str
    change: str
    """With its sign: a difference in the display unit, or "-9.8 %" where medians are compared as a ratio."""
    unit: str


def shown(verdict: Verdict) -> Shown:
    """Write a verdict's numbers in the metric's display unit."""
    display = verdict.metric.display
    decimals = _decimals(verdict)
    precise = replace(display, decimals=decimals)

    def text(measurement: Measurement | None) -> str:
        if measurement is None:
            return ABSENT
        return _number(measurement.value * display.scale, precise.text(measurement.value))

    return Shown(text(verdict.baseline), text(verdict.candidate), _change(verdict, decimals), display.unit)


def with_unit(value: str, unit: str) -> str:
    """Return a value of `Shown` with its unit, where it is a number."""
    return value if value in {ABSENT, NO_NUMBER} else f"{value} {unit}".strip()


def p_text(value: float | None) -> str | None:
    """Return a p-value for people: "p = 0.0123", "p < 0.0001"; None where nothing was tested."""
    if value is None or not math.isfinite(value):
        return None
    return "p < 0.0001" if value < 0.0001 else f"p = {value:.4f}"


def _decimals(verdict: Verdict) -> int:
    """Return the metric's own digits, or as many more as two different values need to look different."""
    own = verdict.metric.display.decimals
    if verdict.baseline is None or verdict.candidate is None:
        return own
    old, new = (verdict.metric.display.scale * side.value for side in (verdict.baseline, verdict.candidate))
    if old == new or verdict.ratio is not None or not (math.isfinite(old) and math.isfinite(new)):
        return own
    for decimals in range(own, _MOST_DECIMALS):
        differs = f"{old:.{decimals}f}" != f"{new:.{decimals}f}"
        if differs and any(digit in f"{new - old:.{decimals}f}" for digit in "123456789"):
            return decimals
    return _MOST_DECIMALS


def _change(verdict: Verdict, decimals: int) -> str:
    if verdict.ratio is not None and math.isfinite(verdict.ratio):
        return f"{(verdict.ratio - 1) * 100:+.1f} %"
    if verdict.difference is None or not math.isfinite(verdict.difference):
        return ABSENT
    change = verdict.difference * verdict.metric.display.scale
    return "0" if change == 0 else _number(change, f"{change:+,.{decimals}f}")


def _number(value: float, text: str) -> str:
    if not math.isfinite(value):
        return NO_NUMBER
    if value != 0 and not any(digit in text for digit in "123456789"):
        return f"{value:{'+' if text[0] in '+-' else ''}.3g}"
    return text if len(text) <= _WIDE else f"{value:{'+' if text[0] in '+-' else ''}.6g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContext:
    """Who was compared with whom, by which limits, and how it ended."""

    baseline: str
    """The name of the baseline's side: "results/2026-11-22-cpu-2-cores.jsonl"."""
    candidate: str
    exit_code: int
    policy: Policy = field(default_factory=Policy)
    explanations: tuple[Explanation, ...] = ()
    notes: tuple[str, ...] = ()
    """What holds for the whole comparison, each one sentence: "only top1 and nll were compared"."""
