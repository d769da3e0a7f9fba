"""A strip chart of rounds: one dot a round in the order taken, the interval as a band, the value as a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from pwc_bench.core.measurement import Measurement

_WIDTH, _HEIGHT, _PADDING = 600.0, 96.0, 8.0
_MARGIN_SHARE = 0.08
"""Free space above and below the extremes, as a share of their distance."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One round, in the chart's coordinates, with what it says when pointed at."""

    x: str
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class StripChart:
    """Everything that the drawing needs, in view-box units, y downwards."""

    width: str
    height: str
    dots: tuple[Dot, ...]
    value_y: str
    band_y: str | None
    """The upper edge of the interval's band, None where there is no interval."""
    band_height: str | None
    summary: str
    """What the chart shows, for those who cannot see it."""
    least: str
    greatest: str


def strip_chart(measurement: Measurement, texts: Sequence[str], unit: str) -> StripChart | None:
    """Draw the samples; `texts` are the samples written for people, in `unit`. None for fewer than two samples."""
    samples = measurement.samples
    if samples is None or len(samples) < 2:
        return None
    marks = (*samples, measurement.value, *(measurement.interval or ()))
    low, high = min(marks), max(marks)
    # Rounds that all agree still need a scale: half a unit to each side.
    margin = (high - low) * _MARGIN_SHARE or 0.5
    low, high = low - margin, high + margin
    dots = tuple(
        Dot(f"{_x(i, len(samples)):.1f}", f"{_y(sample, low, high):.1f}", f"Round {i + 1}: {text} {unit}".rstrip())
        for i, (sample, text) in enumerate(zip(samples, texts, strict=True))
    )
    band_y, band_height = None, None
    if measurement.interval is not None:
        bottom, top = measurement.interval
        top_y, bottom_y = _y(top, low, high), _y(bottom, low, high)
        band_y, band_height = f"{top_y:.1f}", f"{max(1.0, bottom_y - top_y):.1f}"
    least, greatest = texts[samples.index(min(samples))], texts[samples.index(max(samples))]
    return StripChart(
        width=f"{_WIDTH:.0f}",
        height=f"{_HEIGHT:.0f}",
        dots=dots,
        value_y=f"{_y(measurement.value, low, high):.1f}",
        band_y=band_y,
        band_height=band_height,
        summary=f"{len(samples)} rounds in the order taken, from {least} to {greatest} {unit}".rstrip(),
        least=least,
        greatest=greatest,
    )


def _x(index: int, count: int) -> float:
    return _PADDING + (_WIDTH - 2 * _PADDING) * index / (count - 1)


def _y(value: float, low: float, high: float) -> float:
    return _HEIGHT * (high - value) / (high - low)
