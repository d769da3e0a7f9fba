"""What an exact metric's measurement is compared by: its number, and what the number alone does not tell."""

from dataclasses import dataclass

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.core.record import Record

__all__ = ["WEIGHTS", "ExactValue", "exact_value"]

WEIGHTS = Metric(
    key="weights",
    title="Weights",
    unit="",
    better=Better.LOWER,  # a hash has no direction: no two of them are compared by size
    kind=Kind.EXACT,
    scope=Scope.DATASET,
    version=1,
    tolerance=0.0,
    display=Display("", decimals=0),
    definition="The SHA-256 of the file whose weights were evaluated. No number is measured: checks compare hashes.",
)
"""Not measured, so no instrument declares it: checks derive it from a record's provenance."""


@dataclass(frozen=True, slots=True)
class ExactValue:
    """All that must be the same for an exact metric to be unchanged."""

    value: float | None
    """The number in the metric's unit; None for what is none (the weights)."""
    version: int
    """Of the metric's definition."""
    text: str | None = None
    """The weights' SHA-256, or the names of the operators that a count skipped; None where there is nothing to add."""


def exact_value(record: Record, metric: str) -> ExactValue | None:
    """Return what `record` holds of the exact metric `metric`, None where it holds nothing."""
    if metric == WEIGHTS.key:
        sha256 = record.provenance.weights.sha256
        return None if sha256 is None or record.dataset is None else ExactValue(None, WEIGHTS.version, sha256)
    measurement = record.measurements.get(metric)
    return None if measurement is None else ExactValue(measurement.value, measurement.version, _skipped(measurement))


def _skipped(measurement: Measurement) -> str | None:
    """Return the skipped operators' names; how often each was skipped may change with the framework's version."""
    skipped = measurement.details.get("skipped")
    return ", ".join(sorted(skipped)) if isinstance(skipped, dict) else None
