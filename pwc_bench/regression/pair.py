"""What is compared: a variant's records of both sides, metric by metric."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Outcome, Verdict


def known_id(record: Record) -> str | None:
    """Return a record's id; None for one that holds NaN or infinity, which no file can hold and no hash can name."""
    try:
        return record.id
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Hurdle:
    """Why two records are not compared, and what that means for the check."""

    outcome: Outcome
    reason: str
    """One sentence."""
    is_gated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One metric of one variant. At least one of the records is there; both are where there is no hurdle."""

    metric: Metric
    baseline: Record | None
    candidate: Record | None
    implementation: str | None = None
    """Named where a side holds several of the variant."""
    hurdle: Hurdle | None = None
    baseline_runs: tuple[Record, ...] = ()
    """Of a sampled metric: the records of the baseline that can be compared, newest first; `baseline` is among them."""
    candidate_runs: tuple[Record, ...] = ()
    """The runs of the same code as `candidate`, which is the first of them."""

    @property
    def record(self) -> Record:
        """Return the record that says whose metric it is: the candidate's where there is one."""
        record = self.candidate or self.baseline
        if record is None:
            raise ValueError("a pair without a record")
        return record

    def verdict(self, outcome: Outcome, reason: str, **found: Any) -> Verdict:  # noqa: ANN401 - a verdict's own fields
        """Return a verdict on this pair with what was `found`; one of a descriptive metric is never gated."""
        record, key = self.record, self.metric.key
        verdict = Verdict(
            variant=record.variant,
            title=record.title or record.variant,
            dataset=record.dataset,
            metric=self.metric,
            outcome=outcome,
            reason=reason,
            is_gated=self.metric.kind is not Kind.DESCRIPTIVE,
            baseline=None if self.baseline is None else self.baseline.measurements.get(key),
            candidate=None if self.candidate is None else self.candidate.measurements.get(key),
            baseline_record=None if self.baseline is None else known_id(self.baseline),
            candidate_record=None if self.candidate is None else known_id(self.candidate),
            implementation=self.implementation,
        )
        return replace(verdict, **found)

    def stopped(self, hurdle: Hurdle) -> Verdict:
        """Return the verdict on a pair that cannot be compared."""
        is_gated = hurdle.is_gated and self.metric.kind is not Kind.DESCRIPTIVE
        return self.verdict(hurdle.outcome, hurdle.reason, is_gated=is_gated)


@dataclass(frozen=True, slots=True)
class Tested:
    """A pair that was tested; the verdict waits until it is known how many tests there are."""

    p_value: float
    """Two-sided, before any correction."""
    conclude: Callable[[float, int], Verdict]
    """Makes the verdict of the corrected p-value and the number of tests that it was corrected for."""


@dataclass(frozen=True, eq=False, slots=True)
class Side:
    """A baseline or a candidate. Pure values: whoever composes it has read the files."""

    name: str
    """What people call it: "results/2026-11-22-cpu-2-cores.jsonl", "campaign 2026-11-22-1 in results/pwc-bench.db"."""
    records: tuple[Record, ...]
    predictions: Mapping[str, PredictionBatch] = field(default_factory=dict)
    """All images of a record, by the record's id, in the manifest's order."""
    absent_predictions: Mapping[str, str] = field(default_factory=dict)
    """Why the predictions that a record names could not be loaded, one sentence, by the record's id."""
    reruns: tuple[Record, ...] = ()
    """Further runs of the same code, made to confirm a suspected loss: they speak for the metrics that they hold."""


_LEAST = 1e-6


def p_text(p_value: float) -> str:
    """Write a p-value with the digits that matter: "p = 0.0043"; below a millionth nobody asks how far."""
    return f"p = {p_value:.2g}" if p_value >= _LEAST else "p < 0.000001"
