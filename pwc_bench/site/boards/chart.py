"""A leaderboard as charts: its first metric over time, and any metric against any other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from pwc_bench.claims.naming import BoardKey
from pwc_bench.core.links import relative
from pwc_bench.core.metric import Better
from pwc_bench.core.ranking import Estimate, pareto_frontier, state_of_the_art
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.boards.board import Board
from pwc_bench.site.boards.columns import BoardColumn
from pwc_bench.site.boards.points import (
    counted_costs,
    crossed_points,
    dated_points,
    in_one_setting,
    known_then,
    measured_first,
)
from pwc_bench.site.charts.plane import Point, Scatter
from pwc_bench.site.charts.scatter import draw_scatter
from pwc_bench.site.charts.svg import Drawing

_COSTS = ("gflops", "parameters")
_MOST_CROSSED = 6
"""Of more metrics than that only the first is drawn against each other one: each chart is a page."""
_FEWEST = 2
"""Points, below which there is nothing to see."""
_MOST_LETTERS = 46
"""What the explanation of a line may take of a phone's width."""


@dataclass(frozen=True, slots=True)
class BoardChart:
    """One of a leaderboard's charts."""

    slug: str
    """Its name in addresses: "over-time", "top1-against-gflops"."""
    text: str
    """Its name in a list: "Top-1 accuracy over time"."""
    is_first_metric: bool
    """Whether its y axis is the metric by which the board is ordered."""
    scatter: Scatter
    best: tuple[str, ...]
    """The models on the line, from left to right."""
    setting: str
    """The setting, or the claims' hardware, of all that the line joins: "NVIDIA H200, bf16, batch 256"; "" where the
    numbers depend on none."""


def board_charts(board: Board, title: str) -> tuple[BoardChart, ...]:
    """Return the charts in which at least two points stand: the first metric against GFLOPs comes first.

    Then come the first metric over time, against every other metric, and the other pairs. Without GFLOPs and dates, the
    number of parameters is the cost that comes first.
    """
    columns = board.columns
    pairs = [(x, y) for y, x in combinations(range(len(columns)), 2) if y == 0 or len(columns) <= _MOST_CROSSED]
    found = [chart for x, y in pairs if (chart := _against(board, title, x, y)) is not None]
    over_time = _over_time(board, title) if columns else None
    if over_time is not None:
        found.insert(0, over_time)
    costs = [f"{columns[0].key}-against-{cost}" for cost in _COSTS] if columns else []
    first = [chart for slug in costs for chart in found if chart.slug == slug]
    if over_time is not None and not (first and first[0].slug == costs[0]):
        first = [over_time]
    return (*first[:1], *(chart for chart in found if not any(chart is one for one in first[:1])))


def _against(board: Board, title: str, x: int, y: int) -> BoardChart | None:
    across, up = board.columns[x], board.columns[y]
    points = tuple(
        point for place, row in enumerate(board.rows) for point in crossed_points(row, place, board.columns, (x, y))
    )
    if len(points) < _FEWEST:
        return None
    rivals = in_one_setting(points, measured_first)
    setting = _setting(points, rivals)
    rivals = [place for place in rivals if None not in points[place].spread]
    frontier = pareto_frontier([_estimates(points[place]) for place in rivals], (_better(across), _better(up)))
    is_told = bool(across.direction and up.direction)
    line = sorted((rivals[place] for place in frontier if is_told), key=lambda place: points[place].x)
    return BoardChart(
        slug=f"{up.key}-against-{across.key}",
        text=f"{up.title} against {across.title}",
        is_first_metric=y == 0,
        scatter=Scatter(
            key="chart",
            title=f"{title}: {up.title} against {across.title}",
            description=_description(points),
            settings=tuple(_settings(points)),
            x_title=_axis_title(across),
            y_title=_axis_title(up),
            points=points,
            x_may_be_log=across.is_cost,
            costs=tuple(counted_costs(board.rows, points, across, x)),
            cost_title=f"{across.title} measured",
            line=tuple(line),
            line_title=_line_title("Pareto frontier", setting),
        ),
        best=_names(points, line),
        setting=setting,
    )


def _over_time(board: Board, title: str) -> BoardChart | None:
    column = board.columns[0]
    points = tuple(point for place, row in enumerate(board.rows) for point in dated_points(row, place, column))
    if len({point.x for point in points}) < _FEWEST:
        return None
    rivals = in_one_setting(points, known_then)
    setting = _setting(points, rivals)
    results = [(f"{points[place].x:.4f}", points[place].y) for place in rivals]
    line = tuple(rivals[place] for place in state_of_the_art(results, _better(column)) if column.direction)
    return BoardChart(
        slug="over-time",
        text=f"{column.title} over time",
        is_first_metric=True,
        scatter=Scatter(
            key="chart",
            title=f"{title}: {column.title} over time",
            description=_description(points),
            settings=tuple(_settings(points)),
            x_title="Published",
            y_title=_axis_title(column),
            points=points,
            line=line,
            line_title=_line_title("state of the art", setting),
            is_over_time=True,
        ),
        best=_names(points, line),
        setting=setting,
    )


def _estimates(point: Point) -> tuple[Estimate, Estimate]:
    return Estimate(point.x, point.spread[0]), Estimate(point.y, point.spread[1])


def _setting(points: Sequence[Point], rivals: Sequence[int]) -> str:
    return (points[rivals[0]].setting if rivals else None) or ""


def _line_title(line: str, setting: str) -> str:
    return shorten(f"{line}, {setting}", _MOST_LETTERS) if setting else line


def _names(points: Sequence[Point], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(points[place].model for place in places))


def _better(column: BoardColumn) -> Better:
    return Better.HIGHER if column.first == "descending" else Better.LOWER


def _description(points: Sequence[Point]) -> str:
    measured = sum(point.is_measured for point in points)
    counts = f"{len(points) - measured} claims as rings and {measured} measurements as discs, each with its numbers."
    return " ".join((counts, *(f"{said}." for said in _settings(points))))


def _settings(points: Sequence[Point]) -> Iterator[str]:
    """Say on what numbers that depend on a machine were measured, and on what claimed."""
    for verb, is_measured in (("Measured", True), ("Claimed", False)):
        found = dict.fromkeys(point.setting for point in points if point.is_measured is is_measured)
        named = [setting for setting in found if setting]
        if named:
            yield f"{verb} on {'; '.join(named)}{'; others on unnamed hardware' if None in found else ''}"


def _axis_title(column: BoardColumn) -> str:
    unit = f", {column.unit}" if column.unit and column.unit != column.title else ""
    direction = f" ({column.direction})" if column.direction else ""
    return f"{column.title}{unit}{direction}"


_MOST_NAMED = 60
"""Points that each say their numbers; of more, each leads to its row in the table of the same page, which does."""


@dataclass(frozen=True, slots=True)
class BoardFigure:
    """A chart with what stands below it."""

    drawing: Drawing
    caption: str
    has_ties: bool
    """Whether some model stands there both as claimed and as measured."""
    costs: str | None
    """What its bars are: "GFLOPs measured"; None where it has none."""
    flags: str | None
    """What its pale discs are: "demo", "partial, own weights"; None where it has none."""
    setting: str | None
    """The only setting whose numbers its line joins; None where the line joins all that it could."""
    is_frontier: bool
    """Whether its line joins the models that no other one beats."""


def board_figure(chart: BoardChart) -> BoardFigure:
    """Draw a chart whose points name themselves."""
    scatter = chart.scatter
    models = [{point.model for point in scatter.points if point.is_measured is measured} for measured in (True, False)]
    flags = dict.fromkeys(point.flag for point in scatter.points if point.flag)
    return BoardFigure(
        draw_scatter(scatter),
        scatter.title,
        has_ties=not models[0].isdisjoint(models[1]),
        costs=scatter.cost_title if scatter.costs else None,
        flags="; ".join(flags) or None,
        is_frontier=len(scatter.line) > 1 and not scatter.is_over_time,
        setting=chart.setting if len({point.setting for point in scatter.points}) > 1 else None,
    )


def brief_figure(chart: BoardChart) -> BoardFigure:
    """Draw a chart for the page that also holds the table: where there are many points, these lead to their rows."""
    if len(chart.scatter.points) <= _MOST_NAMED:
        return board_figure(chart)
    return board_figure(replace(chart, scatter=replace(chart.scatter, is_brief=True)))


@dataclass(frozen=True, slots=True)
class Tab:
    """A link to one of the charts."""

    text: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Tabs:
    """The links to all charts of a leaderboard."""

    first: tuple[Tab, ...]
    """Those of its first metric."""
    others: tuple[Tab, ...]
    is_open: bool
    """Whether one of the others is the current one."""


def chart_path(key: BoardKey, chart: BoardChart) -> str:
    """Return the path of a chart's own page."""
    return f"{key.folder}/{chart.slug}/index.html"


def board_tabs(key: BoardKey, charts: Sequence[BoardChart], current: BoardChart, path: str) -> Tabs | None:
    """Return the links to the charts, as the page at `path` shows them; the first one stands on the leaderboard itself.

    A single chart needs none: None.
    """
    if len(charts) < 2:
        return None
    first: list[Tab] = []
    others: list[Tab] = []
    for chart in charts:
        target = key.path if chart is charts[0] else chart_path(key, chart)
        tab = Tab(chart.text, relative(path, target), chart is current)
        (first if chart.is_first_metric else others).append(tab)
    return Tabs(tuple(first), tuple(others), not current.is_first_metric)
