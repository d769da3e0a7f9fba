"""The ground of a history's chart: where points stand, the rules behind them, dates below them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from pwc_bench.views.axes import Axis, linear_axis
from pwc_bench.views.history import HistoryPoint, HistorySeries
from pwc_bench.views.history_words import direction_text
from pwc_bench.views.svg import coordinate, element, text

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
