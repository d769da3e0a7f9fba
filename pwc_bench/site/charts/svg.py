"""Pictures as SVG: their elements, the badge, a strip of samples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.text_forms import writable

_STYLE = """
.chart{--ink:#1a1d21;--ink-soft:#575e66;--line:#e1e1db;--surface:#fff;--claim:#985800;--measured:#0a6c68;
font:12px system-ui,sans-serif}
@media (prefers-color-scheme:dark){.chart{--ink:#e9e9e5;--ink-soft:#a4abb1;--line:#2e3338;--surface:#1a1d20;
--claim:#e5ab5c;--measured:#5fcac2}}
.chart-ground{fill:var(--surface)}.chart text{fill:var(--ink-soft)}.chart .chart-label{fill:var(--ink);
paint-order:stroke;stroke:var(--surface);stroke-width:3px}
.chart-grid{stroke:var(--line)}.chart-axis{stroke:var(--ink-soft)}
.chart-claim circle{fill:var(--surface);stroke:var(--claim);stroke-width:2}
.chart-measured circle,.chart-measured rect{fill:var(--measured)}
.chart-measured line{stroke:var(--measured);stroke-width:1.5}
.chart-tie{stroke:var(--ink-soft);stroke-dasharray:2 2}.chart-best{stroke:var(--ink-soft);stroke-width:1.5}
.chart-narrow{display:none}.chart-flagged circle{fill-opacity:.45}
"""
"""For a drawing that is opened by itself; on a page the site's style sheet says the same."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished `<svg>` element."""

    markup: str

    def __html__(self) -> str:
        """Return the markup: this is how templates learn that it is already escaped."""
        return self.markup


def element(name: str, *children: str, **attributes: str | None) -> str:
    """Return an element; `children` are markup, attributes are escaped, "_" in their names becomes "-".

    An attribute that is None is left out; a trailing "_" keeps clear of Python's own words.
    """
    return f"<{name}{''.join(_attributes(attributes))}>{''.join(children)}</{name}>"


def escaped(words: str) -> str:
    """Return words as they stand in an SVG file, which is XML: what that cannot hold is replaced."""
    return escape(writable(words))


def text(content: str, **attributes: str | None) -> str:
    """Return a text element whose content is escaped."""
    return element("text", escaped(content), **attributes)


def coordinate(value: float) -> str:
    """Write a coordinate to a tenth of a unit, so that the same drawing has the same bytes everywhere."""
    return f"{value:.1f}".removesuffix(".0")


def share(value: float) -> str:
    """Write a share of the plot's width or height, 0 to 1, as a percentage."""
    return f"{100 * value:.1f}%".replace(".0%", "%")


def standalone(drawing: Drawing) -> str:
    """Return a drawing whose places are shares of its plot as a file that is opened by itself, in the site's colours.

    On a page the style sheet gives the plot its margins; here a plot of fixed size lies within the picture.
    """
    plot = drawing.markup.replace("<svg", '<svg x="44" y="66" width="858" height="326" overflow="visible"', 1)
    style = element("style", _STYLE.replace("\n", ""))
    ground = element("rect", class_="chart-ground", width="100%", height="100%")
    height = 472 if "plot-noted" in plot else 440
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 920 {height}">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{style}{ground}{plot}</svg>\n'


def _attributes(attributes: dict[str, str | None]) -> Iterator[str]:
    for name, value in attributes.items():
        if value is not None:
            key = name if name in {"viewBox", "textLength"} else name.rstrip("_").replace("_", "-")
            yield f' {key}="{escaped(value)}"'


_NAME = "pwc-bench"
_HEIGHT_PX = 20
_LETTER_PX = 6.4
"""About how wide a letter of 11 px is; `textLength` fits the text to what was planned."""
_PAD_PX = 8


def draw_badge(said: str) -> str:
    """Return the badge as an SVG file: our name, then `said`."""
    left, right = _width_px(_NAME), _width_px(said)
    label = f"{_NAME}: {said}"
    return (
        element(
            "svg",
            element("title", escaped(label)),
            element("rect", width=str(left + right), height=str(_HEIGHT_PX), rx="4", fill="#1a1d21"),
            element("path", d=f"M{left} 0h{right - 4}a4 4 0 0 1 4 4v12a4 4 0 0 1 -4 4h-{right - 4}z", fill="#0a6c68"),
            _part(_NAME, _PAD_PX, left),
            _part(said, left + _PAD_PX, right),
            xmlns="http://www.w3.org/2000/svg",
            width=str(left + right),
            height=str(_HEIGHT_PX),
            role="img",
            aria_label=label,
        )
        + "\n"
    )


def _width_px(said: str) -> int:
    return round(len(said) * _LETTER_PX) + 2 * _PAD_PX


def _part(said: str, x_px: int, width_px: int) -> str:
    inner, font = str(width_px - 2 * _PAD_PX), "Verdana,DejaVu Sans,sans-serif"
    return text(said, x=str(x_px), y="14", textLength=inner, font_family=font, font_size="11", fill="#fff")


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
