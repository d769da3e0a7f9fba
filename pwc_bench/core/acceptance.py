"""A changed value that somebody has looked at and let pass: who, when and why. It holds for that value only."""

from dataclasses import dataclass

from pwc_bench.core.record import Record

__all__ = ["Acceptance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """One line of results/accepted.jsonl."""

    variant: str
    dataset: str | None
    """None for a property of the architecture."""
    metric: str
    metric_version: int
    value: float
    """The accepted value in the metric's unit, to the last bit."""
    reason: str
    accepted_by: str
    """Who: "Ada Lovelace <ada@example.org>"."""
    accepted_at: str
    """UTC, ISO 8601 with seconds."""
    record: str | None = None
    """The id of the record that holds the value."""

    def covers(self, record: Record, metric: str) -> bool:
        """Tell whether it speaks of this very value of `record`."""
        measurement = record.measurements.get(metric)
        return (
            measurement is not None
            and (record.variant, record.dataset, metric) == (self.variant, self.dataset, self.metric)
            and measurement.version == self.metric_version
            and measurement.value == self.value
        )
