"""A chart of one metric against another or over time: rings for claims, discs for measurements, a line of the best.

Places are shares of the plot's width and height, so one drawing fits every window without stretching its letters; only
the models' names are placed twice, for a wide and for a narrow plot.
"""

from collections.abc import Iterator, Sequence

from pwc_bench.views.axes import Axis, linear_axis, log_axis, time_axis
from pwc_bench.views.frame import shorten
from pwc_bench.views.scatter_names import model_names
from pwc_bench.views.scatter_plane import BAR_PX, RADIUS, Cost, Plane, Point, Scatter, ShareOfPlot, row_text, stairs
from pwc_bench.views.svg import Drawing, coordinate, element, escaped, share, text

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
