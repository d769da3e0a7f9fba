"""Drawings as text: elements with every value escaped, and a drawing that templates insert as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

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
