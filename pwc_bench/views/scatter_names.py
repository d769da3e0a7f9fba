"""The models' names on a chart, where there is room for them."""

from pwc_bench.views.frame import shorten
from pwc_bench.views.label_places import Box, place_labels
from pwc_bench.views.scatter_plane import BAR_PX, RADIUS, Plane, Point, Scatter, row_text, stairs
from pwc_bench.views.svg import coordinate, share, text

_MOST_LETTERS = 28
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
    names = [shorten(model, _MOST_LETTERS) for model in chosen]
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
