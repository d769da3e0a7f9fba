"""A chart of one metric against another: rings for claims, discs for measurements, one drawing wide, one narrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pwc_bench.views.axes import Axis, linear_axis, log_axis
from pwc_bench.views.label_places import Box, place_labels
from pwc_bench.views.svg import Drawing, coordinate, element, text

__all__ = ["Point", "Scatter", "draw_scatter"]

_TOP, _RIGHT, _BOTTOM, _LEFT = 50.0, 18.0, 48.0, 44.0
_RADIUS = 5.0
_LOG_FROM = 8.0
"""Values further apart than this factor stand on a logarithmic axis."""


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


@dataclass(frozen=True, slots=True)
class _Plane:
    """Values to places."""

    x: Axis
    y: Axis
    width: float
    height: float

    def px(self, value: float) -> float:
        return _LEFT + self.x.share(value) * (self.width - _LEFT - _RIGHT)

    def py(self, value: float) -> float:
        return self.height - _BOTTOM - self.y.share(value) * (self.height - _TOP - _BOTTOM)


def draw_scatter(scatter: Scatter, *, width_px: int = 920, height_px: int = 440) -> Drawing:
    """Draw at least one point. The x axis is logarithmic where the values span it."""
    xs = [point.x for point in scatter.points]
    x_axis = log_axis(xs) if min(xs) > 0 and max(xs) / min(xs) > _LOG_FROM else linear_axis(xs, wanted_ticks=5)
    ys = [value for point in scatter.points for value in (point.y, *(point.y_interval or ()))]
    plane = _Plane(x_axis, linear_axis(ys), width_px, height_px)
    ident = f"{scatter.key}-{width_px}"
    body = (
        element("title", escape(scatter.title), id=f"{ident}-title"),
        element("desc", escape(scatter.description), id=f"{ident}-desc"),
        *_grid(plane, scatter),
        *_legend(scatter.points),
        *_ties(plane, scatter.points),
        *(_mark(plane, point) for point in sorted(scatter.points, key=lambda point: point.is_measured)),
        *_labels(plane, scatter.points),
    )
    return Drawing(
        element(
            "svg",
            *body,
            class_="chart",
            viewBox=f"0 0 {width_px} {height_px}",
            role="group",
            aria_labelledby=f"{ident}-title {ident}-desc",
        )
    )


def _grid(plane: _Plane, scatter: Scatter) -> list[str]:
    left, right = coordinate(_LEFT), coordinate(plane.width - _RIGHT)
    top, bottom = coordinate(_TOP), coordinate(plane.height - _BOTTOM)
    parts = []
    for tick in plane.y.ticks:
        y = plane.height - _BOTTOM - tick.share * (plane.height - _TOP - _BOTTOM)
        parts.append(element("line", class_="chart-grid", x1=left, x2=right, y1=coordinate(y), y2=coordinate(y)))
        parts.append(text(tick.text, x=coordinate(_LEFT - 8), y=coordinate(y + 4), text_anchor="end"))
    for tick in plane.x.ticks:
        x = _LEFT + tick.share * (plane.width - _LEFT - _RIGHT)
        parts.append(element("line", class_="chart-grid", x1=coordinate(x), x2=coordinate(x), y1=top, y2=bottom))
        parts.append(text(tick.text, x=coordinate(x), y=coordinate(plane.height - _BOTTOM + 18), text_anchor="middle"))
    parts.append(element("line", class_="chart-axis", x1=left, x2=right, y1=bottom, y2=bottom))
    x_title = scatter.x_title + (", log scale" if plane.x.is_log else "")
    parts.append(text(x_title, x=right, y=coordinate(plane.height - 8), text_anchor="end"))
    parts.append(text(scatter.y_title, x="4", y="16"))
    return parts


def _legend(points: Sequence[Point]) -> list[str]:
    """Explain ring and disc above the plot."""
    kinds = {point.is_measured for point in points}
    x, parts = _LEFT + _RADIUS, []
    for is_measured, name in ((False, "claim"), (True, "measurement, 95 % interval")):
        if is_measured in kinds:
            mark = element("circle", cx=coordinate(x), cy="31", r=coordinate(_RADIUS))
            label = text(name, x=coordinate(x + 10), y="35")
            parts.append(element("g", mark, label, class_=_mark_class(is_measured=is_measured)))
            x += len(name) * 6.4 + 34
    return parts


def _ties(plane: _Plane, points: Sequence[Point]) -> list[str]:
    """Tie each claim to the measurement of the same model."""
    claims = {point.model: point for point in points if not point.is_measured}
    pairs = [(claims[point.model], point) for point in points if point.is_measured and point.model in claims]
    return [
        element(
            "line",
            class_="chart-tie",
            x1=coordinate(plane.px(claim.x)),
            y1=coordinate(plane.py(claim.y)),
            x2=coordinate(plane.px(found.x)),
            y2=coordinate(plane.py(found.y)),
        )
        for claim, found in pairs
    ]


def _mark(plane: _Plane, point: Point) -> str:
    x, y = coordinate(plane.px(point.x)), coordinate(plane.py(point.y))
    parts = [element("title", escape(point.name))]
    if point.y_interval is not None:
        low, high = (coordinate(plane.py(value)) for value in point.y_interval)
        parts.append(element("line", x1=x, x2=x, y1=low, y2=high))
    parts.append(element("circle", cx=x, cy=y, r=coordinate(_RADIUS)))
    kind = _mark_class(is_measured=point.is_measured) + (" chart-flagged" if point.flag else "")
    if point.href is None:
        return element("g", *parts, class_=kind, role="img", aria_label=point.name)
    return element("a", *parts, class_=kind, href=point.href, aria_label=point.name)


def _mark_class(*, is_measured: bool) -> str:
    return "chart-measured" if is_measured else "chart-claim"


def _labels(plane: _Plane, points: Sequence[Point]) -> list[str]:
    """Write each model's name once, beside its measurement where it has one."""
    chosen: dict[str, Point] = {}
    for point in points:
        if point.model not in chosen or point.is_measured:
            chosen[point.model] = point
    spots = [(plane.px(point.x), plane.py(point.y)) for point in points]
    taken = [Box(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for x, y in spots]
    frame = Box(_LEFT, _TOP, plane.width - 2, plane.height - _BOTTOM)
    named = [(plane.px(point.x), plane.py(point.y), model) for model, point in chosen.items()]
    return [
        text(
            model,
            class_="chart-label",
            x=coordinate(place.x),
            y=coordinate(place.y),
            text_anchor=place.anchor,
            aria_hidden="true",
        )
        for (_, _, model), place in zip(named, place_labels(named, taken, frame), strict=True)
    ]
