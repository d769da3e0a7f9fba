"""What a report says besides its verdicts."""

from dataclasses import dataclass, field

from pwc_bench.core.verdict import Policy
from pwc_bench.regression.explanation import Explanation


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
