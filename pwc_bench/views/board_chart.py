"""A leaderboard as charts: its first metric over time, and any metric against any other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pwc_bench.core.metric import Better
from pwc_bench.core.pareto import pareto_frontier, state_of_the_art
from pwc_bench.views.axes import years
from pwc_bench.views.board import Board, BoardColumn
from pwc_bench.views.board_frontier import (
    claimed_setting,
    in_one_setting,
    known_then,
    measured_first,
    measured_setting,
)
from pwc_bench.views.board_rows import BoardRow
from pwc_bench.views.cells import ClaimCell, MeasuredCell
from pwc_bench.views.comparison import Comparison
from pwc_bench.views.frame import shorten
from pwc_bench.views.scatter import Cost, Point, Scatter

__all__ = ["BoardChart", "board_charts"]

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
    """The machine and precision, or the claims' hardware, of all that the line joins: "NVIDIA H200, bf16"; "" where the
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
    machine = tuple(place for place in (x, y) if board.columns[place].is_of_machine)
    points = tuple(point for place, row in enumerate(board.rows) for point in _points(row, place, (x, y), machine))
    if len(points) < _FEWEST:
        return None
    rivals = in_one_setting(points, measured_first)
    setting = _setting(points, rivals)
    places = [(points[place].x, points[place].y) for place in rivals]
    frontier = pareto_frontier(places, (_better(across), _better(up)))
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
            x_title=_axis_title(across),
            y_title=_axis_title(up),
            points=points,
            x_may_be_log=across.is_cost,
            costs=tuple(_costs(board.rows, points, across, x)),
            cost_title=f"{across.title} measured",
            line=tuple(line),
            line_title=_line_title("Pareto frontier", setting),
        ),
        best=_names(points, line),
        setting=setting,
    )


def _over_time(board: Board, title: str) -> BoardChart | None:
    column = board.columns[0]
    points = tuple(point for place, row in enumerate(board.rows) for point in _dated(row, place, column))
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
    return f"{len(points) - measured} claims as rings and {measured} measurements as discs, each with its numbers."


def _axis_title(column: BoardColumn) -> str:
    unit = f", {column.unit}" if column.unit and column.unit != column.title else ""
    direction = f" ({column.direction})" if column.direction else ""
    return f"{column.title}{unit}{direction}"


def _points(row: BoardRow, place: int, axes: tuple[int, int], machine: Sequence[int]) -> Iterator[Point]:
    """Yield a row's claimed and measured point, each where both numbers are known.

    `axes` are the columns of x and y, `machine` those of them whose numbers depend on the machine.
    """
    cost, score = (row.cells[column] for column in axes)
    cells = [row.cells[column] for column in machine]
    if cost.claim and score.claim and cost.claim.number.sort and score.claim.number.sort:
        at = f" at {_text(cost, cost.claim.number.text)} ({score.claim.source})"
        setting = claimed_setting(cell.claim for cell in cells if cell.claim)
        yield _claimed(row, place, float(cost.claim.number.sort), score.claim, at, setting)
    if cost.measured and score.measured:
        at = f" at {_text(cost, cost.measured.number.text)}"
        setting = measured_setting(cell.measured for cell in cells if cell.measured)
        yield _measured(row, place, float(cost.measured.number.sort), score.measured, at, setting)


def _costs(rows: Sequence[BoardRow], points: Sequence[Point], across: BoardColumn, x: int) -> Iterator[Cost]:
    """Yield the counted costs (those without an interval) of models whose other number nobody measured."""
    measured = {point.row for point in points if point.is_measured}
    for point in points:
        if point.is_measured or point.row is None or point.row in measured:
            continue
        cell = rows[point.row].cells[x]
        if cell.measured is not None and cell.measured.bounds is None:
            value = _text(cell, cell.measured.number.text)
            name = f"{point.model}, {across.title} measured: {value}; {point.name.partition(', ')[2]}"
            yield Cost(float(cell.measured.number.sort), point, name, cell.measured.href)


def _dated(row: BoardRow, place: int, column: BoardColumn) -> Iterator[Point]:
    """Yield a row's points on the day on which the model was published; a number without a paper has no day."""
    score = row.cells[0]
    try:
        moment = years(row.published)
    except ValueError:
        return
    words = f", published {row.published}"
    if score.claim and score.claim.number.sort:
        setting = claimed_setting([score.claim] if column.is_of_machine else ())
        yield _claimed(row, place, moment, score.claim, f"{words} ({score.claim.source})", setting)
    if score.measured:
        setting = measured_setting([score.measured] if column.is_of_machine else ())
        yield _measured(row, place, moment, score.measured, words, setting)


def _claimed(row: BoardRow, place: int, x: float, claim: ClaimCell, words: str, setting: str | None) -> Point:
    name = f"{row.title}, claimed: {claim.number.text} {claim.unit}".rstrip() + words
    y = float(claim.number.sort)
    return Point(row.title, x, y, name, claim.href, is_measured=False, row=place, setting=setting)


def _measured(row: BoardRow, place: int, x: float, found: MeasuredCell, words: str, setting: str) -> Point:
    value = f"{found.number.text} {found.unit}".rstrip()
    interval = f", 95 % interval {found.interval}" if found.interval else ""
    flag = f" ({found.status.text}: {found.status.reason})" if found.status else ""
    return Point(
        model=row.title,
        x=x,
        y=float(found.number.sort),
        name=f"{row.title}, measured: {value}{interval}{words}{flag}",
        href=found.href,
        is_measured=True,
        y_interval=None if found.bounds is None else (float(found.bounds[0]), float(found.bounds[1])),
        flag=None if found.status is None else found.status.text,
        row=place,
        setting=setting,
    )


def _text(cell: Comparison, number: str) -> str:
    return f"{number} {cell.unit}".strip()
