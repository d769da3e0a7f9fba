"""A number with its unit, interval and caveats, and what a model said of each image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

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


PREDICTION_COLUMNS = ("image", "label", "top5", "score", "nll")
"""The columns of a predictions file, in order."""


@dataclass(frozen=True, slots=True)
class PredictionBatch:
    """The results of one variant for n consecutive images, as columns. Arrays are numpy's."""

    images: Sequence[str]
    """n names within the data set."""
    labels: Any
    """int64 array of shape (n,): the right class."""
    top5: Any
    """int64 array of shape (n, 5): the five most probable classes, best first (-1 where there are fewer than five)."""
    scores: Any
    """float32 array of shape (n, 5): their softmax probabilities (0 where there are fewer than five)."""
    nll: Any
    """float32 array of shape (n,): the negative log-likelihood of the right class, in nats."""
    tied: Any = None
    """bool array of shape (n,): whether the right class shares the lowest of the five scores with a class that is left
    out, so that chance decides which of them is among the five. None where nobody knows: no file holds it."""


@dataclass(frozen=True, slots=True)
class PassSummary:
    """How a pass over the images went, for the meters that report on it."""

    images: int
    """The images that were evaluated."""
    batch_images: tuple[int, ...]
    """The images of each timed step."""
    batch_seconds: tuple[float, ...]
    """The wall-clock seconds of each timed step, reading and decoding included; the first one warms up."""
    variants: tuple[str, ...]
    """The keys of all variants that shared the pass."""
    resumed: bool = False
    """Whether an interrupted pass was continued, so that the timing covers only its last part."""
    processes: int = 1
    """The processes that shared the images; with several there is one timed step, from their common start to the end
    of the last one."""
    cached: int = 0
    """The images whose crops came from the crop cache, so that they were not decoded."""
    load: Mapping[str, Json] = field(default_factory=dict)
    """What others did on the machine during the timed steps, as a measurement's details tell it: {"load": {...}}."""
