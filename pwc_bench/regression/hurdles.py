"""What stops two records that both hold a metric from being compared. The gravest comes first."""

import math
from collections.abc import Callable
from typing import TypeAlias

from pwc_bench.core.acceptance import WEIGHTS
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record, Status
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression.comparability import differences
from pwc_bench.regression.pair import Hurdle

Differ: TypeAlias = Callable[[Metric, Record, Record], tuple[str, ...]]
"""Says in words what differs although it must not."""


def find_hurdle(metric: Metric, baseline: Record, candidate: Record, differ: Differ = differences) -> Hurdle | None:
    """Return what stands in the way, None where both may be compared. Neither record failed, both hold `metric`."""
    if metric.key == WEIGHTS.key:
        return None
    if not all(_is_finite(record, metric) for record in (baseline, candidate)):
        whose = "candidate" if not _is_finite(candidate, metric) else "baseline"
        return Hurdle(Outcome.INCONCLUSIVE, f"the {whose}'s value or one of its rounds is no finite number")
    if metric.scope is Scope.DATASET and candidate.status is Status.PARTIAL and baseline.status is Status.COMPLETE:
        return Hurdle(Outcome.MISSING, f"the candidate's evaluation is incomplete: {_why(candidate)}")
    found = differ(metric, baseline, candidate)
    if metric.scope is Scope.DATASET and baseline.status is Status.PARTIAL and candidate.status is Status.COMPLETE:
        found = (*found, f"the baseline is incomplete ({_why(baseline)})")
    return Hurdle(Outcome.INCOMPARABLE, "different " + "; ".join(found)) if found else None


def _is_finite(record: Record, metric: Metric) -> bool:
    measurement = record.measurements[metric.key]
    return all(math.isfinite(number) for number in (measurement.value, *(measurement.samples or ())))


def _why(record: Record) -> str:
    return record.status_reason or "no reason is recorded"
