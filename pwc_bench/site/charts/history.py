"""A line chart of one metric over campaigns: a column a measurement, steps marked in words and by a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from pwc_bench.claims.history import HistoryPoint, HistorySeries, HistoryStep
from pwc_bench.claims.history_words import direction_text, series_display, step_words
from pwc_bench.core.links import record_path, relative
from pwc_bench.site.charts.plane import Axis, linear_axis
from pwc_bench.site.charts.svg import Drawing, coordinate, element, escaped, text

TOP, BOTTOM = 56.0, 30.0
"""The room above the plot for the unit and the steps' words, and below it for dates."""
_RIGHT = 16.0
_LEAST_LEFT = 44.0
_LETTER = 7.0
"""The width of a digit of an axis."""
_DATE_PX = 84.0
"""The room that a date takes below the axis."""
_GAP = 4.0
"""Neighbours further apart in time than so many usual distances have a gap between them."""


@dataclass(frozen=True, slots=True)
class HistoryChart:
    """What is drawn, and how large."""

    key: str
    """Unique on its page: ids are made from it."""
    series: HistorySeries
    title: str
    description: str
    path: str
    """The page that holds the chart, from which its links lead."""
    width_px: float = 920.0
    height_px: float = 260.0
    most_points: int = 40


@dataclass(frozen=True, slots=True)
class Plane:
    """Points to places."""

    chart: HistoryChart
    first: int
    """The first point that is drawn."""
    axis: Axis
    left: float

    @property
    def points(self) -> Sequence[HistoryPoint]:
        """Return the points that are drawn."""
        return self.chart.series.points[self.first :]

    def x(self, index: float) -> float:
        """Return where the point of this number in the series stands."""
        return self.left + self.column * (index - self.first + 0.5)

    def y(self, value: float) -> float:
        """Return where a value in the metric's own unit stands."""
        height = self.chart.height_px - TOP - BOTTOM
        return self.chart.height_px - BOTTOM - self.axis.share(value) * height

    @property
    def column(self) -> float:
        """Return the width that a point has to itself."""
        return (self.chart.width_px - _RIGHT - self.left) / len(self.points)


def plane_of(chart: HistoryChart) -> Plane:
    """Return the ground for the newest points of a series that has at least one."""
    series = chart.series
    first = max(0, len(series.points) - chart.most_points)
    marks = [value for point in series.points[first:] for value in (point.value, *(point.interval or ()))]
    marks += [level.value for level in series.levels if level.end > first]
    scale = series.metric.display.scale
    axis = linear_axis([value * scale for value in marks], wanted_ticks=4)
    widest = max((len(tick.text) for tick in axis.ticks), default=0)
    # The axis is in the display unit; the places are found from the metric's own.
    own = Axis(axis.low / scale, axis.high / scale, axis.ticks)
    return Plane(chart, first, own, max(_LEAST_LEFT, widest * _LETTER + 14))


def frame(plane: Plane) -> Iterator[str]:
    """Yield the horizontal rules with their values, the unit with its direction, and dates where there is room."""
    chart, metric = plane.chart, plane.chart.series.metric
    left, right = coordinate(plane.left), coordinate(chart.width_px - _RIGHT)
    bottom = chart.height_px - BOTTOM
    for tick in plane.axis.ticks:
        y = bottom - tick.share * (bottom - TOP)
        yield element("line", class_="chart-grid", x1=left, x2=right, y1=coordinate(y), y2=coordinate(y))
        yield text(tick.text, x=coordinate(plane.left - 8), y=coordinate(y + 4), text_anchor="end")
    yield element("line", class_="chart-axis", x1=left, x2=right, y1=coordinate(bottom), y2=coordinate(bottom))
    unit = ", ".join(part for part in (metric.display.unit, direction_text(metric)) if part)
    yield text(unit, x="4", y="14")
    yield from _dates(plane, bottom)


def _dates(plane: Plane, bottom: float) -> Iterator[str]:
    """Yield as many dates as there is room for, the newest among them."""
    chart = plane.chart
    last = len(chart.series.points) - 1
    every = max(1, -(-int(_DATE_PX) // max(1, int(plane.column))))
    for index in range(last, plane.first - 1, -every):
        x, anchor = plane.x(index), "middle"
        if x + _DATE_PX / 2 > chart.width_px:
            x, anchor = chart.width_px - 2, "end"
        if x >= _DATE_PX / 2:
            date = chart.series.points[index].started[:10]
            yield text(date, x=coordinate(x), y=coordinate(bottom + 20), text_anchor=anchor)


def gaps(points: Sequence[HistoryPoint]) -> frozenset[int]:
    """Return the places after which time went by without a measurement."""
    try:
        moments = [datetime.fromisoformat(point.started).timestamp() for point in points]
    except ValueError:
        return frozenset()  # a record of another tool may tell its time in another way
    distances = [after - before for before, after in pairwise(moments)]
    usual = median(distances) if distances else 0.0
    return frozenset(place for place, distance in enumerate(distances) if usual > 0 and distance > _GAP * usual)


_MOST_RADIUS, _LEAST_RADIUS = 4.5, 2.0
_LABEL_HEIGHT = 15.0


def draw_history(chart: HistoryChart) -> Drawing:
    """Draw the newest points of a series that has at least one."""
    plane = plane_of(chart)
    ident = f"{chart.key}-{chart.width_px:.0f}"
    body = (
        element("title", escaped(chart.title), id=f"{ident}-title"),
        element("desc", escaped(chart.description), id=f"{ident}-desc"),
        *frame(plane),
        *_levels(plane),
        *_lines(plane),
        *_steps(plane),
        *(_mark(plane, index, point) for index, point in enumerate(plane.points, plane.first)),
    )
    return Drawing(
        element(
            "svg",
            *body,
            class_="chart history-chart",
            viewBox=f"0 0 {chart.width_px:.0f} {chart.height_px:.0f}",
            aria_labelledby=f"{ident}-title {ident}-desc",
        )
    )


def _lines(plane: Plane) -> Iterator[str]:
    """Tie neighbours: solid, or dashed over a gap in time."""
    breaks = gaps(plane.points)
    for place, (before, after) in enumerate(pairwise(plane.points)):
        index = plane.first + place
        yield element(
            "line",
            class_="chart-gap" if place in breaks else "chart-line",
            x1=coordinate(plane.x(index)),
            y1=coordinate(plane.y(before.value)),
            x2=coordinate(plane.x(index + 1)),
            y2=coordinate(plane.y(after.value)),
        )


def _levels(plane: Plane) -> Iterator[str]:
    """Draw the median on both sides of each step, as far as its level reaches."""
    for level in plane.chart.series.levels:
        if level.end > plane.first:
            start, y = max(level.start, plane.first), coordinate(plane.y(level.value))
            x1, x2 = (coordinate(plane.x(edge - 0.5)) for edge in (start, level.end))
            yield element("line", class_="chart-level", x1=x1, x2=x2, y1=y, y2=y)


def _steps(plane: Plane) -> Iterator[str]:
    """Mark each step by a line before its first point, and by its size in words above the plot."""
    shown = [step for step in plane.chart.series.steps if step.index > plane.first]
    ends = [0.0, 0.0]
    for step in shown:
        x = plane.x(step.index - 0.5)
        words = step_words(plane.chart.series.metric, step)
        place = _Label.fitting(x, len(words) * 6.4, plane.chart.width_px, ends)
        line = element(
            "line",
            x1=coordinate(x),
            x2=coordinate(x),
            y1=coordinate(TOP - 4),
            y2=coordinate(plane.chart.height_px - BOTTOM),
        )
        label = (
            "" if place is None else text(words, x=coordinate(place.x), y=coordinate(place.y), text_anchor=place.anchor)
        )
        kind = "better" if step.is_better else "worse"
        yield element("g", line, label, class_=f"chart-step chart-step-{kind}", aria_hidden="true")


@dataclass(frozen=True, slots=True)
class _Label:
    """Where a step's words stand: in one of two lines, or nowhere; a sentence beside the chart says it all."""

    x: float
    y: float
    anchor: str

    @staticmethod
    def fitting(x: float, width: float, limit: float, ends: list[float]) -> "_Label | None":
        """Return a free place for words of `width` at `x`, and take it from `ends`."""
        start = min(max(4.0, x - width / 2), max(4.0, limit - width - 4))
        for line in range(len(ends)):
            if start >= ends[line]:
                ends[line] = start + width + 8
                return _Label(start, TOP - 10 - line * _LABEL_HEIGHT, "start")
        return None


def _mark(plane: Plane, index: int, point: HistoryPoint) -> str:
    series = plane.chart.series
    x, y = coordinate(plane.x(index)), coordinate(plane.y(point.value))
    radius = max(_LEAST_RADIUS, min(_MOST_RADIUS, plane.column / 3))
    step = next((step for step in series.steps if step.index == index), None)
    name = _name(series, point, step)
    parts = [element("title", escaped(name))]
    if point.interval is not None:
        low, high = (coordinate(plane.y(value)) for value in point.interval)
        parts.append(element("line", x1=x, x2=x, y1=low, y2=high))
    parts.append(element("circle", cx=x, cy=y, r=coordinate(radius)))
    kind = "chart-measured chart-flagged" if point.is_partial else "chart-measured"
    href = relative(plane.chart.path, record_path(point.record_id))
    return element("a", *parts, class_=kind, href=href, aria_label=name)


def _name(series: HistorySeries, point: HistoryPoint, step: HistoryStep | None) -> str:
    """Return what a point says to those who point at it or hear it."""
    display = series_display(series)
    value = f"{point.started[:10]}: {display.text(point.value)} {display.unit}".strip()
    interval = ""
    if point.interval is not None:
        interval = f", 95 % interval {display.text(point.interval[0])} to {display.text(point.interval[1])}"
    partial = ", partial" if point.is_partial else ""
    weights = ", other weights than before" if point.new_weights else ""
    begun = "" if step is None else f"; a step begins here, {step_words(series.metric, step)}"
    return f"{value}{interval}, campaign {point.campaign}{partial}{weights}{begun}"
