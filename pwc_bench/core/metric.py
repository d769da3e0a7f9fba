"""What is measured: a metric's declaration, and how much two measurements of it differ by chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pwc_bench.core.measurement import Measurement


class Better(StrEnum):
    """The direction in which a metric improves."""

    HIGHER = "higher"
    LOWER = "lower"


class Kind(StrEnum):
    """How two measurements of a metric are compared, which chooses the regression rule."""

    EXACT = "exact"
    """The same code gives the same value: any change counts."""
    PAIRED = "paired"
    """Computed from per-image results, so two runs are compared image by image."""
    SAMPLED = "sampled"
    """Repeated in noisy rounds, so two runs are compared as distributions."""
    DESCRIPTIVE = "descriptive"
    """Shown, never gated."""


class Scope(StrEnum):
    """What a metric is a property of."""

    MODEL = "model"
    """The architecture alone, with its 1,000 classes: examined by a gauge, stored with `dataset: null`."""
    DATASET = "dataset"
    """A pass over the images of a data set: watched by a meter."""


class PerImage(StrEnum):
    """What an image contributes to a metric of kind PAIRED."""

    FIRST = "first"
    """Whether the right class is the first guess: the metric is the share of such images in per cent."""
    FIVE = "five"
    """Whether the right class is among the first five: likewise."""
    LIKELIHOOD = "likelihood"
    """The negative log-likelihood of the right class in nats, of which the metric is the mean."""


class Column(StrEnum):
    """Where a metric stands on a leaderboard; what is claimed there has a column in any case."""

    RESULT = "result"
    """Among the first; the very first orders the board."""
    COST = "cost"
    """Behind what was claimed."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Display:
    """How a value is written for people; the stored value stays in the metric's own unit."""

    unit: str
    """The unit as it stands in a column's heading, for example "M"."""
    scale: float = 1.0
    """What the stored value is multiplied with before it is written."""
    decimals: int = 1
    """Digits after the decimal point."""

    def text(self, value: float) -> str:
        """Write `value` (in the metric's own unit) with the declared scale and digits, without the unit."""
        return f"{value * self.scale:,.{self.decimals}f}"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, declared once: columns, ranking, charts, exports and checks follow from it."""

    key: str
    """The stable name in records, files and on the command line."""
    title: str
    """The name that people read, for example "Top-1 accuracy"."""
    unit: str
    """The unit of stored values, for example "%", "GFLOPs", "images/s"."""
    better: Better
    """The direction in which it improves."""
    kind: Kind
    """How its regressions are judged."""
    scope: Scope
    """What it is a property of."""
    version: int
    """Raised when the definition changes, so that old and new values are not compared."""
    tolerance: float
    """The absolute difference, in `unit`, below which two values are the same in practice."""
    display: Display
    """How it is written for people."""
    definition: str
    """One or two sentences: what is measured, under which convention."""
    bounds: tuple[float | None, float | None] = (None, None)
    """The least and the greatest value that are possible, None where there is no bound."""
    quiet_spread: float | None = None
    """The share of the median that the middle half of the rounds spans at most while the machine does nothing else;
    None for a metric whose rounds say nothing about that."""
    per_image: PerImage | None = None
    """What an image contributes; None if that is not said, and then two runs are not compared image by image."""
    column: Column = Column.NONE
    """Where it stands on a leaderboard."""

    @property
    def guesses(self) -> int | None:
        """Return among how many of its guesses an image's right class must stand; None if it is no share of images."""
        return {PerImage.FIRST: 1, PerImage.FIVE: 5}.get(self.per_image) if self.per_image else None

    def improves(self, new: float, old: float) -> bool:
        """Tell whether `new` is strictly better than `old`; False where either is NaN."""
        return new > old if self.better is Better.HIGHER else new < old

    def is_possible(self, value: float) -> bool:
        """Tell whether `value`, in the metric's own unit, lies within the bounds."""
        low, high = self.bounds
        return (low is None or value >= low) and (high is None or value <= high)


def noise_of(metric: Metric, measurement: Measurement) -> tuple[str, ...]:
    """Return what disturbed a measurement, each one phrase ("others held 60 % of the processor"); empty if nothing did.

    What was seen of the machine stands under `details["load"]["noise"]`. Records of before the load was looked at are
    judged by their rounds.
    """
    load = measurement.details.get("load")
    seen = load.get("noise") if isinstance(load, Mapping) else None
    told = tuple(str(each) for each in seen) if isinstance(seen, list | tuple) else ()
    return (*told, *(each for each in spread_noise(metric, measurement.samples or ()) if each not in told))


def spread_noise(metric: Metric, rounds: Sequence[float]) -> tuple[str, ...]:
    """Return a phrase if the rounds lie further apart than those of a quiet machine; `rounds` are finite."""
    if metric.quiet_spread is None or len(rounds) < 2:
        return ()
    spread = middle_half(rounds)
    if spread <= metric.quiet_spread:
        return ()
    return (f"the middle half of the rounds spans {100.0 * spread:.0f} % of the median",)


def middle_half(rounds: Sequence[float]) -> float:
    """Return the interquartile range of two or more positive numbers as a share of their median; 0 at a median of 0."""
    from statistics import quantiles

    low, median, high = quantiles(rounds, n=4, method="inclusive")
    return (high - low) / median if median > 0.0 else 0.0
