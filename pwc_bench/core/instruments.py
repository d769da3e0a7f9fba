"""What reads a metric off a model, and the settings of a run under which it does."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from pwc_bench.core.measurement import Measurement, PassSummary, PredictionBatch
from pwc_bench.core.metric import Metric
from pwc_bench.core.variant import Variant

PRECISIONS = ("fp32", "bf16", "fp16")
IMPLEMENTATIONS = ("fused", "reference")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that change speed, and may change the last digits of scores. All belong to the environment."""

    device: str = "cpu"
    """A torch device: "cpu", "cuda", "cuda:1"."""
    precision: str = "fp32"
    """One of PRECISIONS."""
    tf32: bool = False
    """Whether fp32 matrix products on CUDA may use TF32."""
    compile: bool = False
    """Whether `torch.compile` is applied."""
    cuda_graphs: bool = False
    """Whether the forward is captured in a CUDA graph and replayed."""
    channels_last: bool = False
    """Whether convolutions run in the channels-last memory format."""
    batch_size: int = 64
    """Images a batch, in the pass and in the throughput rounds."""
    workers: int = 2
    """Threads that read and decode."""
    device_resize: bool = False
    """Whether the device resizes images itself, where it gives Pillow's very pixels."""
    implementation: str = "reference"
    """Which implementation of the models is asked for, one of IMPLEMENTATIONS: "reference" is timm's own code, "fused"
    ours, which runs where a variant has one and its logits are the reference's."""

    @property
    def device_type(self) -> str:
        """Return "cpu" or "cuda"."""
        return self.device.partition(":")[0]


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
