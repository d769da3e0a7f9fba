"""When two records hold the same exact value, and the changes of it that a maintainer has accepted."""

from collections.abc import Mapping
from dataclasses import dataclass

from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.core.record import Record

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
    doubt: str | None = None
    """Why nobody can tell whether the number is right: the operators on which two counters differ."""

    def equals(self, other: "ExactValue") -> bool:
        """Tell whether nothing has changed; what only one of them tells is no difference."""
        return self.value == other.value and (self.text == other.text or (None in (self.text, other.text)))


def exact_value(record: Record, metric: str) -> ExactValue | None:
    """Return what `record` holds of the exact metric `metric`, None where it holds nothing."""
    if metric == WEIGHTS.key:
        sha256 = record.provenance.weights.sha256
        return None if sha256 is None or record.dataset is None else ExactValue(None, WEIGHTS.version, sha256)
    measurement = record.measurements.get(metric)
    if measurement is None:
        return None
    return ExactValue(measurement.value, measurement.version, _skipped(measurement), _doubt(measurement))


def _skipped(measurement: Measurement) -> str | None:
    """Return the skipped operators' names; how often each was skipped may change with the framework's version.

    None where torch's counter counted: it meets operators under other names than fvcore does.
    """
    skipped = measurement.details.get("skipped")
    counted_by = _counters(measurement).get("counted_by", "fvcore")
    return ", ".join(sorted(skipped)) if isinstance(skipped, Mapping) and counted_by == "fvcore" else None


def _doubt(measurement: Measurement) -> str | None:
    """Name the operators on which two counters differ, each with what they counted; None where they agree."""
    differences = _counters(measurement).get("differences")
    if not isinstance(differences, Mapping) or not differences:
        return None
    return ", ".join(f"{name} ({_amounts(counts)})" for name, counts in differences.items())


def _amounts(counts: Json) -> str:
    if not isinstance(counts, Mapping):
        return str(counts)
    return ", ".join(f"{name} {macs:,}" for name, macs in counts.items() if isinstance(macs, int | float))


def _counters(measurement: Measurement) -> Mapping[str, Json]:
    found = measurement.details.get("counters")
    return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """One line of results/accepted.jsonl."""

    variant: str
    dataset: str | None
    """None for a property of the architecture."""
    metric: str
    metric_version: int
    value: float | None
    """The accepted value in the metric's unit, to the last bit; None for what is no number (the weights)."""
    text: str | None = None
    """What the number does not tell, as `core.exact_value` gives it: the weights' SHA-256, the skipped operators."""
    reason: str
    accepted_by: str
    """Who: "Ada Lovelace <ada@example.org>"."""
    accepted_at: str
    """UTC, ISO 8601 with seconds."""
    record: str | None = None
    """The id of the record that holds the value."""

    def covers(self, record: Record, metric: str) -> bool:
        """Tell whether it speaks of this very value of `record`."""
        found = exact_value(record, metric)
        return (
            found is not None
            and (record.variant, record.dataset, metric) == (self.variant, self.dataset, self.metric)
            and (found.value, found.version, found.text) == (self.value, self.metric_version, self.text)
        )
