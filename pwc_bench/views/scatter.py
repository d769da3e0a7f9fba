"""A chart of one metric against another or over time: rings for claims, discs for measurements, a line of the best.

Places are shares of the plot's width and height, so one drawing fits every window without stretching its letters; only
the models' names are placed twice, for a wide and for a narrow plot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from pwc_bench.views.axes import Axis, linear_axis, log_axis, time_axis
from pwc_bench.views.frame import shorten
from pwc_bench.views.label_places import Box, place_labels
from pwc_bench.views.svg import Drawing, coordinate, element, share, text

__all__ = ["Cost", "Point", "Scatter", "draw_scatter"]

_RADIUS = 5.0
_BAR_PX = (3.0, 14.0)
"""Width and height of the bar that marks a cost."""
_FIRST_KEY_X, _SECOND_KEY_X = -40.0, 88.0
"""Where the two explanations of a narrow plot's second row stand: within 320 pixels."""
_LOG_FROM = 8.0
"""Values further apart than this factor stand on a logarithmic axis."""
_WIDE_PX, _NARROW_PX = (858.0, 326.0), (230.0, 286.0)
"""The plot's width and height for which names are placed; between the two the wide places hold."""
_MOST_LETTERS = 28
"""A longer name is cut; the point itself says it whole."""
_MOST_NAMES = 36
"""Of more models than that only those on the line are named."""


@dataclass(frozen=True, slots=True)
class Point:
    """One model's place, claimed or measured."""

    model: str
    """Claim and measurement of one model share this name: it stands beside the point."""
    x: float
    y: float
    name: str
    """What the point says to people who point at it or hear it."""
    href: str | None
    is_measured: bool
    y_interval: tuple[float, float] | None = None
    flag: str | None = None
    """Why it is drawn paler: "partial", "own weights"; None for a full measurement of a published model."""
    row: int | None = None
    """The place of its row in the page's table, None where the page has none."""
    setting: str | None = ""
    """The hardware on which its numbers depend: "NVIDIA H200, bf16"; "" where they depend on none, None where nobody
    named it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A measured x of a model whose y is only claimed: it corrects the claim's place, and is no point of its own."""

    x: float
    claim: Point
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """What is drawn."""

    key: str
    """Unique on its page: ids are made from it."""
    title: str
    description: str
    x_title: str
    y_title: str
    points: tuple[Point, ...]
    costs: tuple[Cost, ...] = ()
    cost_title: str = ""
    """What their bars are: "GFLOPs measured"."""
    line: tuple[int, ...] = ()
    """The places of the points that the line joins, from left to right: the state of the art, or the frontier."""
    line_title: str = ""
    x_may_be_log: bool = True
    """Whether x are costs or speeds, on a logarithmic axis where they span orders of magnitude."""
    is_over_time: bool = False
    """Whether x are years, which a line reaches before it climbs."""
    is_brief: bool = False
    """Whether points lead to their rows, which name them: for boards so long that names would outweigh all else."""


_Place = tuple[float, float]
"""Shares of the plot's width and height, y downwards."""


@dataclass(frozen=True, slots=True)
class _Plane:
    """Values to shares of the plot, y downwards."""

    x: Axis
    y: Axis

    def at(self, point: Point) -> _Place:
        return self.x.share(point.x), 1 - self.y.share(point.y)


def draw_scatter(scatter: Scatter) -> Drawing:
    """Draw at least one point. The x axis is logarithmic where the values span it."""
    xs = [*(point.x for point in scatter.points), *(cost.x for cost in scatter.costs)]
    ys = [value for point in scatter.points for value in (point.y, *(point.y_interval or ()))]
    plane = _Plane(_x_axis(xs, scatter), linear_axis(ys))
    body = (
        element("title", escape(scatter.title), id=f"{scatter.key}-title"),
        element("desc", escape(scatter.description), id=f"{scatter.key}-desc"),
        *_grid(plane, scatter),
        *_legend(scatter),
        *_line(plane, scatter),
        *_ties(plane, scatter.points),
        *(part for cost in scatter.costs for part in _cost(plane, cost, scatter)),
        *(_mark(plane, point, scatter) for point in sorted(scatter.points, key=lambda point: point.is_measured)),
        element("g", *_labels(plane, scatter, _WIDE_PX), class_="chart-wide", aria_hidden="true"),
        element("g", *_labels(plane, scatter, _NARROW_PX), class_="chart-narrow", aria_hidden="true"),
    )
    labelled = f"{scatter.key}-title {scatter.key}-desc"
    return Drawing(element("svg", *body, class_="chart plot", aria_labelledby=labelled))


def _x_axis(xs: Sequence[float], scatter: Scatter) -> Axis:
    if scatter.is_over_time:
        return time_axis(xs)
    is_wide = min(xs) > 0 and max(xs) / min(xs) > _LOG_FROM
    return log_axis(xs) if is_wide and scatter.x_may_be_log else linear_axis(xs, wanted_ticks=5)


def _grid(plane: _Plane, scatter: Scatter) -> list[str]:
    parts = []
    for tick in plane.y.ticks:
        y = share(1 - tick.share)
        parts.append(element("line", class_="chart-grid", x1="0", x2="100%", y1=y, y2=y))
        parts.append(text(tick.text, x="0", y=y, dx="-8", dy="4", text_anchor="end"))
    for tick in plane.x.ticks:
        x = share(tick.share)
        parts.append(element("line", class_="chart-grid", x1=x, x2=x, y1="0", y2="100%"))
        parts.append(text(tick.text, x=x, y="100%", dy="18", text_anchor="middle"))
    parts.append(element("line", class_="chart-axis", x1="0", x2="100%", y1="100%", y2="100%"))
    x_title = scatter.x_title + (", log scale" if plane.x.is_log else "")
    parts.append(text(x_title, x="100%", y="100%", dx="12", dy="40", text_anchor="end"))
    parts.append(text(scatter.y_title, x="-40", y="-50"))
    return parts


def _legend(scatter: Scatter) -> list[str]:
    """Explain ring, disc, bar and line above the plot; where it is narrow the last two have a row of their own."""
    kinds = {point.is_measured for point in scatter.points}
    x, parts = _RADIUS, []
    for is_measured, name in ((False, "claim"), (True, "measured, 95 % interval")):
        if is_measured in kinds:
            mark = element("circle", cx=coordinate(x), cy="-32", r=coordinate(_RADIUS))
            label = text(name, x=coordinate(x + 10), y="-28", id=_mark_class(is_measured=is_measured))
            parts.append(element("g", mark, label, class_=_mark_class(is_measured=is_measured)))
            x += len(name) * 6.0 + 28
    if scatter.costs:
        parts += [_cost_key(scatter, x, -28, "chart-wide"), _cost_key(scatter, _SECOND_KEY_X, -10, "chart-narrow")]
        x += len(scatter.cost_title) * 6.6 + 28
    if len(scatter.line) > 1:
        parts += [_line_key(scatter, x, -28, "chart-wide"), _line_key(scatter, _FIRST_KEY_X, -10, "chart-narrow")]
    return parts


def _cost_key(scatter: Scatter, x: float, y: float, where: str) -> str:
    label = text(scatter.cost_title, x=coordinate(x + 8), y=coordinate(y))
    return element("g", _bar(coordinate(x), coordinate(y - 4)), label, class_=f"chart-measured {where}")


def _line_key(scatter: Scatter, x: float, y: float, where: str) -> str:
    level = coordinate(y - 4)
    stroke = element("line", class_="chart-best", x1=coordinate(x), x2=coordinate(x + 18), y1=level, y2=level)
    return element(
        "g", stroke, text(scatter.line_title, x=coordinate(x + 24), y=coordinate(y)), class_=f"chart-key {where}"
    )


def _line(plane: _Plane, scatter: Scatter) -> list[str]:
    return [_segment(start, end, "chart-best") for start, end in _stairs(plane, scatter)]


def _stairs(plane: _Plane, scatter: Scatter) -> Iterator[tuple[_Place, _Place]]:
    """Yield the stairs through the points of the line: between two of them nothing better than the worse one."""
    for first, second in pairwise(plane.at(scatter.points[place]) for place in scatter.line):
        climbs_last = scatter.is_over_time or first[1] > second[1]
        corner = (second[0], first[1]) if climbs_last else (first[0], second[1])
        yield first, corner
        yield corner, second


def _ties(plane: _Plane, points: Sequence[Point]) -> list[str]:
    """Tie each claim to the measurement of the same model."""
    claims = {point.model: point for point in points if not point.is_measured}
    return [
        _segment(plane.at(claims[point.model]), plane.at(point), "chart-tie", point.row)
        for point in points
        if point.is_measured and point.model in claims
    ]


def _cost(plane: _Plane, cost: Cost, scatter: Scatter) -> Iterator[str]:
    """Draw the tie from the claim, and a bar at the measured place: taller than it is wide, as only x was measured."""
    (start, y), x, row = plane.at(cost.claim), plane.x.share(cost.x), cost.claim.row
    yield _segment((start, y), (x, y), "chart-tie", row)
    title = () if scatter.is_brief else (element("title", escape(cost.name)),)
    bar = _bar(share(x), share(y))
    yield element("a", *title, bar, class_="chart-measured", data_r=_row(row), href=cost.href, aria_label=cost.name)


def _bar(x: str, y: str) -> str:
    width, height = _BAR_PX
    middle = f"translate({coordinate(-width / 2)} {coordinate(-height / 2)})"
    return element("rect", x=x, y=y, width=coordinate(width), height=coordinate(height), transform=middle)


def _segment(start: _Place, end: _Place, kind: str, row: int | None = None) -> str:
    (x1, y1), (x2, y2) = start, end
    return element("line", class_=kind, data_r=_row(row), x1=share(x1), y1=share(y1), x2=share(x2), y2=share(y2))


def _mark(plane: _Plane, point: Point, scatter: Scatter) -> str:
    x, y = (share(value) for value in plane.at(point))
    parts = [] if scatter.is_brief else [element("title", escape(point.name))]
    if point.y_interval is not None:
        low, high = (share(1 - plane.y.share(value)) for value in point.y_interval)
        parts.append(element("line", x1=x, x2=x, y1=low, y2=high))
    parts.append(element("circle", cx=x, cy=y, r=coordinate(_RADIUS)))
    kind = _mark_class(is_measured=point.is_measured)
    style = kind + (" chart-flagged" if point.flag else "")
    if scatter.is_brief and point.row is not None:
        row = f"m{point.row}"
        return element("a", *parts, class_=style, href=f"#{row}", aria_labelledby=f"{row} {kind}")
    if point.href is None:
        return element("g", *parts, class_=style, data_r=_row(point.row), role="img", aria_label=point.name)
    return element("a", *parts, class_=style, data_r=_row(point.row), href=point.href, aria_label=point.name)


def _row(row: int | None) -> str | None:
    return None if row is None else str(row)


def _mark_class(*, is_measured: bool) -> str:
    return "chart-measured" if is_measured else "chart-claim"


def _labels(plane: _Plane, scatter: Scatter, size_px: tuple[float, float]) -> list[str]:
    """Write each model's name once, beside its measurement where it has one; of many only those on the line."""
    chosen: dict[str, Point] = {}
    for point in scatter.points:
        if point.model not in chosen or point.is_measured:
            chosen[point.model] = point
    if len(chosen) > _MOST_NAMES:
        chosen = {scatter.points[place].model: scatter.points[place] for place in scatter.line[-_MOST_NAMES:]}
    width, height = size_px
    spots = [(x * width, y * height) for x, y in map(plane.at, scatter.points)]
    taken = [Box(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for x, y in spots]
    taken += [
        Box(x - 2, low * height, x + 2, high * height)
        for (x, _), point in zip(spots, scatter.points, strict=True)
        if point.y_interval is not None
        for high, low in [[1 - plane.y.share(value) for value in point.y_interval]]
    ]
    for cost in scatter.costs:
        (start, y), x = plane.at(cost.claim), plane.x.share(cost.x) * width
        start, y = start * width, y * height
        taken.append(Box(x - 5, y - _BAR_PX[1] / 2, x + 5, y + _BAR_PX[1] / 2))
        taken.append(Box(min(x, start), y - 2, max(x, start), y + 2))
    for (x1, y1), (x2, y2) in _stairs(plane, scatter):
        left, right, top, bottom = min(x1, x2) * width, max(x1, x2) * width, min(y1, y2) * height, max(y1, y2) * height
        taken.append(Box(left - 2, top - 2, right + 2, bottom + 2))
    places = [plane.at(point) for point in chosen.values()]
    names = [shorten(model, _MOST_LETTERS) for model in chosen]
    wanted = [(x * width, y * height, name) for (x, y), name in zip(places, names, strict=True)]
    found = place_labels(wanted, taken, Box(0, 0, width + 16, height))
    return [
        text(
            name,
            class_="chart-label",
            data_r=_row(point.row),
            x=share(x),
            y=share(y),
            dx=coordinate(place.x - x * width),
            dy=coordinate(place.y - y * height),
            text_anchor=None if place.anchor == "start" else place.anchor,
        )
        for point, name, (x, y), place in zip(chosen.values(), names, places, found, strict=True)
    ]
