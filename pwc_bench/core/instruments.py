"""Meters and gauges: the two ways in which a metric's module measures.

A *meter* watches the pass over the images: it is fed every variant's predictions in order. A *gauge* examines one
model: it is a generator that says what it is about to do, so that the evaluation can show progress and interleave the
rounds of several variants, and returns its measurements.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Metric
from pwc_bench.core.predictions import PassSummary, PredictionBatch
from pwc_bench.core.settings import Settings
from pwc_bench.core.variant import Variant

__all__ = ["Examination", "Gauge", "Instrument", "Measurements", "Meter", "Patience", "Subject"]

Measurements: TypeAlias = Mapping[str, Measurement]
"""Measurements by metric key."""

Examination: TypeAlias = Generator[str, None, Measurements]
"""Yields before each step what it will do ("counting operators", "round 3 of 20"); returns the measurements."""


class Meter(Protocol):
    """Watches one variant's pass over the images."""

    def update(self, batch: PredictionBatch) -> None:
        """Take the next batch of predictions, in the data set's order."""
        ...

    def measurements(self, summary: PassSummary) -> Measurements:
        """Return what was measured; a metric that could not be measured is left out."""
        ...


@dataclass(slots=True)
class Patience:
    """What a run may still spend on waiting for a quiet machine; all that it times share one."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """One variant as gauges see it."""

    variant: Variant
    """The variant under examination."""
    settings: Settings
    """Device, precision and batch size of the measurement."""
    fresh: Callable[[], Any]
    """Makes a new torch module with 1,000 classes: eval mode, fp32, on the CPU, never run before."""
    deploy: Callable[[], Callable[[Any], Any]]
    """Makes a new module and readies it for `settings` (device, precision, memory format, compile); returns a
    function from an input batch on that device, float32 of shape (n, 3, side, side), to logits of shape (n, 1000)."""
    patience: Patience = field(default_factory=Patience)
    """What timed gauges may spend on waiting and repeating."""


class Gauge(Protocol):
    """Examines one model."""

    def __call__(self, subject: Subject) -> Examination:
        """Examine `subject`; speed gauges yield between rounds, so that variants are measured interleaved."""
        ...


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a metric's module declares: its metrics and the one way in which they are measured."""

    metrics: tuple[Metric, ...]
    """The metrics that it measures."""
    meter: Callable[[], Meter] | None = None
    """Makes a meter for one variant's pass."""
    gauge: Gauge | None = None
    """Examines one model."""
    is_timed: bool = False
    """Whether its gauge measures time, so that it must run alone and interleaved."""
