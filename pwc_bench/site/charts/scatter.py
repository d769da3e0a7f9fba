"""A chart of one metric against another or over time: rings for claims, discs for measurements, a line of the best.

Places are shares of the plot's width and height, so one drawing fits every window without stretching its letters; only
the models' names are placed twice, for a wide and for a narrow plot.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pwc_bench.core.text_forms import shorten
from pwc_bench.site.charts.plane import (
    BAR_PX,
    RADIUS,
    Axis,
    Cost,
    Plane,
    Point,
    Scatter,
    ShareOfPlot,
    linear_axis,
    log_axis,
    row_text,
    stairs,
    time_axis,
)
from pwc_bench.site.charts.svg import Drawing, coordinate, element, escaped, share, text

_CHARACTER_WIDTH, _WIDE_CHARACTER_WIDTH = 6.6, 12.0
"""The width of a character of the chart's text (12 px), rounded up; one of an East Asian script fills its square."""
_LINE_HEIGHT = 14.0
_GAP = 9.0
"""From a point's centre to its label."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        """Return the area that two rectangles share."""
        # Asked hundreds of times for each chart: most rectangles are apart, and comparing costs less than `min`.
        if other.left >= self.right or other.right <= self.left or other.top >= self.bottom or other.bottom <= self.top:
            return 0.0
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label stands: the baseline's point and the anchor of SVG text."""

    x: float
    y: float
    anchor: str


def place_labels(labels: Sequence[tuple[float, float, str]], taken: Sequence[Box], frame: Box) -> tuple[Place, ...]:
    """Return a place for each label (x, y of its point, text) inside `frame`, clear of `taken` where possible."""
    occupied = list(taken)
    places = []
    for x, y, name in labels:
        width = sum(map(_width, name))
        options = [(_box(place, width), place) for place in _options(x, y)]
        box, place = min(options, key=lambda option: _cost_of(option[0], occupied, frame))
        occupied.append(box)
        places.append(place)
    return tuple(places)


def _options(x: float, y: float) -> tuple[Place, ...]:
    """List the places around a point, the best first."""
    return (
        Place(x + _GAP, y + 4, "start"),
        Place(x - _GAP, y + 4, "end"),
        Place(x, y - _GAP, "middle"),
        Place(x, y + _GAP + 9, "middle"),
        Place(x + _GAP, y - 8, "start"),
        Place(x - _GAP, y - 8, "end"),
        Place(x + _GAP, y + 16, "start"),
        Place(x - _GAP, y + 16, "end"),
        Place(x + 2 * _GAP, y + 4, "start"),
        Place(x - 2 * _GAP, y + 4, "end"),
        Place(x, y - 2 * _GAP - 4, "middle"),
        Place(x, y + 2 * _GAP + 14, "middle"),
    )


def _width(character: str) -> float:
    return _WIDE_CHARACTER_WIDTH if unicodedata.east_asian_width(character) in {"W", "F"} else _CHARACTER_WIDTH


def _box(place: Place, width: float) -> Box:
    left = place.x - {"start": 0.0, "middle": width / 2, "end": width}[place.anchor]
    return Box(left, place.y - _LINE_HEIGHT + 3, left + width, place.y + 3)


def _cost_of(box: Box, occupied: Sequence[Box], frame: Box) -> float:
    area = (box.right - box.left) * (box.bottom - box.top)
    outside = area - box.overlap(frame)
    return sum(box.overlap(other) for other in occupied) + 10 * outside


_MOST_NAME_LETTERS = 28
"""A longer name is cut; the point itself says it whole."""
_MOST_NAMES = 36
"""Of more models than that only those on the line are named."""


def model_names(plane: Plane, scatter: Scatter, size_px: tuple[float, float]) -> list[str]:
    """Write each model's name once, beside its measurement where it has one; of many only those on the line."""
    chosen: dict[str, Point] = {}
    for point in scatter.points:
        if point.model not in chosen or point.is_measured:
            chosen[point.model] = point
    if len(chosen) > _MOST_NAMES:
        chosen = {scatter.points[place].model: scatter.points[place] for place in scatter.line[-_MOST_NAMES:]}
    width, height = size_px
    spots = [(x * width, y * height) for x, y in map(plane.at, scatter.points)]
    taken = [Box(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in spots]
    taken += [
        Box(x - 2, low * height, x + 2, high * height)
        for (x, _), point in zip(spots, scatter.points, strict=True)
        if point.y_interval is not None
        for high, low in [[1 - plane.y.share(value) for value in point.y_interval]]
    ]
    for cost in scatter.costs:
        (start, y), x = plane.at(cost.claim), plane.x.share(cost.x) * width
        start, y = start * width, y * height
        taken.append(Box(x - 5, y - BAR_PX[1] / 2, x + 5, y + BAR_PX[1] / 2))
        taken.append(Box(min(x, start), y - 2, max(x, start), y + 2))
    for (x1, y1), (x2, y2) in stairs(plane, scatter):
        left, right, top, bottom = min(x1, x2) * width, max(x1, x2) * width, min(y1, y2) * height, max(y1, y2) * height
        taken.append(Box(left - 2, top - 2, right + 2, bottom + 2))
    places = [plane.at(point) for point in chosen.values()]
    names = [shorten(model, _MOST_NAME_LETTERS) for model in chosen]
    wanted = [(x * width, y * height, name) for (x, y), name in zip(places, names, strict=True)]
    found = place_labels(wanted, taken, Box(0, 0, width + 16, height))
    return [
        text(
            name,
            class_="chart-label",
            data_r=row_text(point.row),
            x=share(x),
            y=share(y),
            dx=coordinate(place.x - x * width),
            dy=coordinate(place.y - y * height),
            text_anchor=None if place.anchor == "start" else place.anchor,
        )
        for point, name, (x, y), place in zip(chosen.values(), names, places, found, strict=True)
    ]


_SETTING_DY, _LINE_PX = 57, 15
"""How far below the plot the settings of its numbers stand."""
_MOST_LETTERS = 150, 48
"""What a wide and a narrow plot have room for."""
_FIRST_KEY_X, _SECOND_KEY_X = -40.0, 88.0
"""Where the two explanations of a narrow plot's second row stand: within 320 pixels."""
_DIGIT_PX = 7.0
"""The width of a digit with its share of commas in the widest of faces."""
_LOG_FROM = 8.0
"""Values further apart than this factor stand on a logarithmic axis."""
_WIDE_PX, _NARROW_PX = (858.0, 326.0), (230.0, 286.0)
"""The plot's width and height for which names are placed; between the two the wide places hold."""


def draw_scatter(scatter: Scatter) -> Drawing:
    """Draw at least one point. The x axis is logarithmic where the values span it."""
    xs = [*(point.x for point in scatter.points), *(cost.x for cost in scatter.costs)]
    ys = [value for point in scatter.points for value in (point.y, *(point.y_interval or ()))]
    plane = Plane(_x_axis(xs, scatter), linear_axis(ys))
    body = (
        element("title", escaped(scatter.title), id=f"{scatter.key}-title"),
        element("desc", escaped(scatter.description), id=f"{scatter.key}-desc"),
        *_grid(plane, scatter),
        *_legend(scatter),
        *_settings(scatter),
        *_line(plane, scatter),
        *_ties(plane, scatter.points),
        *(part for cost in scatter.costs for part in _cost(plane, cost, scatter)),
        *(_mark(plane, point, scatter) for point in sorted(scatter.points, key=lambda point: point.is_measured)),
        element("g", *model_names(plane, scatter, _WIDE_PX), class_="chart-wide", aria_hidden="true"),
        element("g", *model_names(plane, scatter, _NARROW_PX), class_="chart-narrow", aria_hidden="true"),
    )
    labelled = f"{scatter.key}-title {scatter.key}-desc"
    kind = "chart plot plot-noted" if scatter.settings else "chart plot"
    return Drawing(element("svg", *body, class_=kind, aria_labelledby=labelled))


def _x_axis(xs: Sequence[float], scatter: Scatter) -> Axis:
    if scatter.is_over_time:
        return time_axis(xs)
    is_wide = min(xs) > 0 and max(xs) / min(xs) > _LOG_FROM
    return log_axis(xs) if is_wide and scatter.x_may_be_log else linear_axis(xs, wanted_ticks=5)


def _grid(plane: Plane, scatter: Scatter) -> list[str]:
    parts = []
    for tick in plane.y.ticks:
        y = share(1 - tick.share)
        parts.append(element("line", class_="chart-grid", x1="0", x2="100%", y1=y, y2=y))
        parts.append(text(tick.text, x="0", y=y, dx="-8", dy="4", text_anchor="end"))
    end = 0.0
    for tick in plane.x.ticks:
        x, middle, half = share(tick.share), tick.share * _NARROW_PX[0], len(tick.text) * _DIGIT_PX / 2
        # A narrow plot names the values that it has room for.
        is_crowded = end > 0 and middle - half < end + _DIGIT_PX
        end = end if is_crowded else middle + half
        parts.append(element("line", class_="chart-grid", x1=x, x2=x, y1="0", y2="100%"))
        kind = "chart-spare" if is_crowded else None
        parts.append(text(tick.text, class_=kind, x=x, y="100%", dy="18", text_anchor="middle"))
    parts.append(element("line", class_="chart-axis", x1="0", x2="100%", y1="100%", y2="100%"))
    x_title = scatter.x_title + (", log scale" if plane.x.is_log else "")
    parts.append(text(x_title, x="100%", y="100%", dx="12", dy="40", text_anchor="end"))
    parts.append(text(scatter.y_title, x="-40", y="-50"))
    return parts


def _legend(scatter: Scatter) -> list[str]:
    """Explain ring, disc, bar and line above the plot; where it is narrow the last two have a row of their own."""
    kinds = {point.is_measured for point in scatter.points}
    x, parts = RADIUS, []
    for is_measured, name in ((False, "claim"), (True, "measured, 95 % interval")):
        if is_measured in kinds:
            mark = element("circle", cx=coordinate(x), cy="-32", r=coordinate(RADIUS))
            label = text(name, x=coordinate(x + 10), y="-28", id=_mark_class(is_measured=is_measured))
            parts.append(element("g", mark, label, class_=_mark_class(is_measured=is_measured)))
            x += len(name) * 6.0 + 28
    if scatter.costs:
        parts += [_cost_key(scatter, x, -28, "chart-wide"), _cost_key(scatter, _SECOND_KEY_X, -10, "chart-narrow")]
        x += len(scatter.cost_title) * 6.6 + 28
    if len(scatter.line) > 1:
        parts += [_line_key(scatter, x, -28, "chart-wide"), _line_key(scatter, _FIRST_KEY_X, -10, "chart-narrow")]
    return parts


def _settings(scatter: Scatter) -> Iterator[str]:
    """Say below the plot how its numbers were made: a picture is saved and shown without its page."""
    for most, where in zip(_MOST_LETTERS, ("chart-wide", "chart-narrow"), strict=True):
        for place, said in enumerate(scatter.settings):
            dy = str(_SETTING_DY + place * _LINE_PX)
            yield text(shorten(said, most), class_=f"chart-setting {where}", x="-40", y="100%", dy=dy)


def _cost_key(scatter: Scatter, x: float, y: float, where: str) -> str:
    label = text(scatter.cost_title, x=coordinate(x + 8), y=coordinate(y))
    return element("g", _bar(coordinate(x), coordinate(y - 4)), label, class_=f"chart-measured {where}")


def _line_key(scatter: Scatter, x: float, y: float, where: str) -> str:
    level = coordinate(y - 4)
    stroke = element("line", class_="chart-best", x1=coordinate(x), x2=coordinate(x + 18), y1=level, y2=level)
    return element(
        "g", stroke, text(scatter.line_title, x=coordinate(x + 24), y=coordinate(y)), class_=f"chart-key {where}"
    )


def _line(plane: Plane, scatter: Scatter) -> list[str]:
    return [_segment(start, end, "chart-best") for start, end in stairs(plane, scatter)]


def _ties(plane: Plane, points: Sequence[Point]) -> list[str]:
    """Tie each claim to the measurement of the same model."""
    claims = {point.model: point for point in points if not point.is_measured}
    return [
        _segment(plane.at(claims[point.model]), plane.at(point), "chart-tie", point.row)
        for point in points
        if point.is_measured and point.model in claims
    ]


def _cost(plane: Plane, cost: Cost, scatter: Scatter) -> Iterator[str]:
    """Draw the tie from the claim, and a bar at the measured place: taller than it is wide, as only x was measured."""
    (start, y), x, row = plane.at(cost.claim), plane.x.share(cost.x), cost.claim.row
    yield _segment((start, y), (x, y), "chart-tie", row)
    title = () if scatter.is_brief else (element("title", escaped(cost.name)),)
    bar = _bar(share(x), share(y))
    yield element("a", *title, bar, class_="chart-measured", data_r=row_text(row), href=cost.href, aria_label=cost.name)


def _bar(x: str, y: str) -> str:
    width, height = BAR_PX
    middle = f"translate({coordinate(-width / 2)} {coordinate(-height / 2)})"
    return element("rect", x=x, y=y, width=coordinate(width), height=coordinate(height), transform=middle)


def _segment(start: ShareOfPlot, end: ShareOfPlot, kind: str, row: int | None = None) -> str:
    (x1, y1), (x2, y2) = start, end
    return element("line", class_=kind, data_r=row_text(row), x1=share(x1), y1=share(y1), x2=share(x2), y2=share(y2))


def _mark(plane: Plane, point: Point, scatter: Scatter) -> str:
    x, y = (share(value) for value in plane.at(point))
    parts = [] if scatter.is_brief else [element("title", escaped(point.name))]
    if point.y_interval is not None:
        low, high = (share(1 - plane.y.share(value)) for value in point.y_interval)
        parts.append(element("line", x1=x, x2=x, y1=low, y2=high))
    parts.append(element("circle", cx=x, cy=y, r=coordinate(RADIUS)))
    kind = _mark_class(is_measured=point.is_measured)
    style = kind + (" chart-flagged" if point.flag else "")
    if scatter.is_brief and point.row is not None:
        row = f"m{point.row}"
        return element("a", *parts, class_=style, href=f"#{row}", aria_labelledby=f"{row} {kind}")
    if point.href is None:
        return element("g", *parts, class_=style, data_r=row_text(point.row), role="img", aria_label=point.name)
    return element("a", *parts, class_=style, data_r=row_text(point.row), href=point.href, aria_label=point.name)


def _mark_class(*, is_measured: bool) -> str:
    return "chart-measured" if is_measured else "chart-claim"
