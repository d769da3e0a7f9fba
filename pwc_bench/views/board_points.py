"""A leaderboard's rows as points of its charts, each with the words that say all its numbers."""

from collections.abc import Iterator, Sequence

from pwc_bench.core.ranking import Interval
from pwc_bench.views.axes import years
from pwc_bench.views.board_columns import BoardColumn
from pwc_bench.views.board_frontier import claimed_setting, measured_setting
from pwc_bench.views.board_rows import BoardRow
from pwc_bench.views.cells import ClaimCell, MeasuredCell
from pwc_bench.views.scatter_plane import Cost, Point
from pwc_bench.views.separation import claim_interval

_OPEN_END = 1e-6
"""What an interval of rounding lacks at its upper end, as a share of its width."""


def crossed_points(row: BoardRow, place: int, columns: Sequence[BoardColumn], axes: tuple[int, int]) -> Iterator[Point]:
    """Yield a row's claimed and measured point, each where both numbers are known; `axes` are the columns of x and y.

    A speed in another setting than its column's stands on no chart.
    """
    across, up = (columns[column] for column in axes)
    cost, score = (row.cells[column] for column in axes)
    of_machine = [row.cells[column] for column in axes if columns[column].is_of_machine]
    if cost.claim and score.claim and cost.claim.number.sort and score.claim.number.sort:
        at = f" at {_text(cost.claim.number.text, cost.claim.own_unit or cost.unit)} ({score.claim.source})"
        yield _claimed(
            row,
            place,
            float(cost.claim.number.sort),
            score.claim,
            at,
            setting=claimed_setting(cell.claim for cell in of_machine if cell.claim),
            spread=(_claim_spread(cost.claim, across), _claim_spread(score.claim, up)),
        )
    if cost.measured and score.measured and cost.measured.is_usual and score.measured.is_usual:
        at = f" at {_text(cost.measured.number.text, cost.unit)}"
        yield _measured(
            row,
            place,
            float(cost.measured.number.sort),
            score.measured,
            at,
            setting=measured_setting(cell.measured for cell in of_machine if cell.measured),
            x_spread=cost.measured.spread,
        )


def counted_costs(rows: Sequence[BoardRow], points: Sequence[Point], across: BoardColumn, x: int) -> Iterator[Cost]:
    """Yield the counted costs of models whose other number nobody measured."""
    measured = {point.row for point in points if point.is_measured}
    for point in points:
        if point.is_measured or point.row is None or point.row in measured:
            continue
        cell = rows[point.row].cells[x]
        if cell.measured is not None and cell.measured.spread is not None and cell.measured.bounds is None:
            value = _text(cell.measured.number.text, cell.unit)
            name = f"{point.model}, {across.title} measured: {value}; {point.name.partition(', ')[2]}"
            yield Cost(float(cell.measured.number.sort), point, name, cell.measured.href)


def dated_points(row: BoardRow, place: int, column: BoardColumn) -> Iterator[Point]:
    """Yield a row's points on the day on which the model was published; a number without a paper has no day."""
    score = row.cells[0]
    try:
        moment = years(row.published)
    except ValueError:
        return
    words = f", published {row.published}"
    if score.claim and score.claim.number.sort:
        setting = claimed_setting([score.claim] if column.is_of_machine else ())
        yield _claimed(row, place, moment, score.claim, f"{words} ({score.claim.source})", setting=setting)
    if score.measured and score.measured.is_usual:
        setting = measured_setting([score.measured] if column.is_of_machine else ())
        yield _measured(row, place, moment, score.measured, words, setting=setting)


def _claimed(
    row: BoardRow,
    place: int,
    x: float,
    claim: ClaimCell,
    words: str,
    *,
    setting: str | None,
    spread: tuple[Interval | None, Interval | None] = (None, None),
) -> Point:
    where = f", {setting}" if setting else ""
    name = f"{row.title}, claimed: {claim.number.text} {claim.unit}".rstrip() + words + where
    y = float(claim.number.sort)
    return Point(row.title, x, y, name, claim.href, is_measured=False, row=place, setting=setting, spread=spread)


def _measured(
    row: BoardRow,
    place: int,
    x: float,
    found: MeasuredCell,
    words: str,
    *,
    setting: str,
    x_spread: Interval | None = None,
) -> Point:
    value = f"{found.number.text} {found.unit}".rstrip()
    interval = f", 95 % interval {found.interval}" if found.interval else ""
    flag = f" ({found.status.text}: {found.status.reason})" if found.status else ""
    where = f", {setting}" if setting else ""
    return Point(
        model=row.title,
        x=x,
        y=float(found.number.sort),
        name=f"{row.title}, measured: {value}{interval}{words}{where}{flag}",
        href=found.href,
        is_measured=True,
        y_interval=_bounds(found),
        flag=None if found.status is None else found.status.text,
        row=place,
        setting=setting,
        spread=(x_spread, found.spread),
    )


def _bounds(found: MeasuredCell) -> Interval | None:
    return None if found.bounds is None else (float(found.bounds[0]), float(found.bounds[1]))


def _claim_spread(claim: ClaimCell, column: BoardColumn) -> Interval | None:
    """Return where a claimed number may lie: what is rounded to 2 begins where what is rounded to 1 ends."""
    if claim.spread is None:
        return None
    low, high = claim_interval(claim.spread, column.images)
    return low, high - _OPEN_END * (high - low)


def _text(number: str, unit: str) -> str:
    return f"{number} {unit}".strip()
