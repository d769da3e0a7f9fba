"""A leaderboard as a chart: accuracy against cost, what was claimed and what was measured."""

from collections.abc import Iterator

from pwc_bench.views.board import Board, BoardColumn
from pwc_bench.views.board_rows import BoardRow
from pwc_bench.views.comparison import Comparison
from pwc_bench.views.scatter import Point, Scatter

__all__ = ["board_scatter"]

_COST = "gflops"


def board_scatter(board: Board, title: str) -> Scatter | None:
    """Return the chart of the board's first metric against GFLOPs; None where fewer than two points are known."""
    places = {column.metric: place for place, column in enumerate(board.columns)}
    if _COST not in places or not board.columns or board.columns[0].metric == _COST:
        return None
    x, y = places[_COST], 0
    points = tuple(point for row in board.rows for point in _points(row, x, y))
    if len(points) < 2:
        return None
    x_column, y_column = board.columns[x], board.columns[y]
    measured = sum(point.is_measured for point in points)
    return Scatter(
        key="chart",
        title=f"{title}: {y_column.title} against {x_column.title}",
        description=f"{len(points) - measured} claims as rings and {measured} measurements as discs. "
        "The table below holds the same numbers.",
        x_title=_axis_title(x_column),
        y_title=_axis_title(y_column),
        points=points,
    )


def _axis_title(column: BoardColumn) -> str:
    unit = f", {column.unit}" if column.unit and column.unit != column.title else ""
    return f"{column.title}{unit} ({column.direction})"


def _points(row: BoardRow, x: int, y: int) -> Iterator[Point]:
    cost, score = row.cells[x], row.cells[y]
    if cost.claim and score.claim and cost.claim.number.sort and score.claim.number.sort:
        yield Point(
            model=row.title,
            x=float(cost.claim.number.sort),
            y=float(score.claim.number.sort),
            name=f"{row.title}, claimed: {_text(score, score.claim.number.text)} at "
            f"{_text(cost, cost.claim.number.text)} ({score.claim.source})",
            href=score.claim.href,
            is_measured=False,
        )
    if cost.measured and score.measured:
        bounds, status = score.measured.bounds, score.measured.status
        interval = f", 95 % interval {score.measured.interval}" if score.measured.interval else ""
        yield Point(
            model=row.title,
            x=float(cost.measured.number.sort),
            y=float(score.measured.number.sort),
            name=f"{row.title}, measured: {_text(score, score.measured.number.text)}{interval} at "
            f"{_text(cost, cost.measured.number.text)}" + (f" ({status.text}: {status.reason})" if status else ""),
            href=score.measured.href,
            is_measured=True,
            y_interval=None if bounds is None else (float(bounds[0]), float(bounds[1])),
            flag=None if status is None else status.text,
        )


def _text(cell: Comparison, number: str) -> str:
    return f"{number} {cell.unit}".strip()
