"""What a model said of each image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pwc_bench.core.measurement import Json

__all__ = ["PREDICTION_COLUMNS", "PassSummary", "PredictionBatch"]

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
