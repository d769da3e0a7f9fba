"""A changed value that somebody has looked at and let pass: who, when and why. It holds for that value only."""

from dataclasses import dataclass

from pwc_bench.core.exact_value import exact_value
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
