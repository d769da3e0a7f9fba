"""A measured number with all that is needed to believe it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Json", "Measurement"]

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""Anything that JSON can hold."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value of one metric. A metric that was not measured has no Measurement: never 0, never NaN."""

    value: float
    """The value, in `unit`. Counts are whole numbers."""
    unit: str
    """The metric's unit, repeated here so that a record can be read by itself."""
    interval: tuple[float, float] | None = None
    """The 95 % interval in `unit`, or None for an exact value."""
    samples: tuple[float, ...] | None = None
    """The rounds behind a sampled value in `unit`, in the order in which they were taken."""
    details: Mapping[str, Json] = field(default_factory=dict)
    """What explains the value: the operator split, the number of images, the interquartile range."""
    version: int = 1
    """The version of the metric's definition."""
    caveats: tuple[str, ...] = ()
    """Warnings that travel with the value, each one sentence."""

    @property
    def cautions(self) -> tuple[str, ...]:
        """Return the caveats that call for a mark beside the value.

        Records of before two counters checked each other also listed what a count leaves out by definition.
        """
        return tuple(caveat for caveat in self.caveats if not caveat.startswith("Not counted, being element-wise: "))
