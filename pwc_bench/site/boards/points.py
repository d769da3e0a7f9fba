"""A leaderboard's rows as points of its charts, each with the words that say all its numbers."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from pwc_bench.core.ranking import Interval
from pwc_bench.site.boards.columns import BoardColumn
from pwc_bench.site.boards.ranking import claim_interval
from pwc_bench.site.boards.rows import BoardRow
from pwc_bench.site.charts.plane import Cost, Point, years
from pwc_bench.site.parts.cells import ClaimCell, MeasuredCell


def claimed_setting(claims: Iterable[ClaimCell]) -> str | None:
    """Return the hardware of claims that depend on one: "" without any such claim, None where it is not named."""
    named = dict.fromkeys(claim.conditions for claim in claims)
    return None if None in named else "; ".join(text for text in named if text)


def measured_setting(cells: Iterable[MeasuredCell]) -> str:
    """Return the setting of measurements that depend on one: "NVIDIA H200, bf16, batch 256"; "" without any."""
    return "; ".join(dict.fromkeys(cell.setting for cell in cells))


def in_one_setting(points: Sequence[Point], trust: Callable[[Point], int]) -> list[int]:
    """Return the places of the points that compete: those of the setting in which most models stand, one of each.

    Speeds on different hardware are not compared, so a claim on one machine must not beat a measurement on another.
    A point of no named setting competes with none. Where two settings hold as many models, measurements go first.
    """
    settings: dict[str, list[int]] = {}
    for place, point in enumerate(points):
        if point.setting is not None:
            settings.setdefault(point.setting, []).append(place)

    def weight(setting: str) -> tuple[int, int]:
        places = settings[setting]
        return len({points[place].row for place in places}), sum(points[place].is_measured for place in places)

    chosen = max(sorted(settings), key=weight, default=None)
    return [] if chosen is None else _one_each(points, settings[chosen], trust)


def _one_each(points: Sequence[Point], places: Iterable[int], trust: Callable[[Point], int]) -> list[int]:
    """Return the place of the most trusted point of each row: a model must not beat itself under another convention."""
    chosen: dict[int | None, int] = {}
    for place in places:
        known = chosen.get(points[place].row)
        if known is None or trust(points[place]) > trust(points[known]):
            chosen[points[place].row] = place
    return list(chosen.values())


def measured_first(point: Point) -> int:
    """Trust a whole measurement more than a claim, and that more than the rest."""
    return 2 if point.is_measured and point.flag is None else 0 if point.is_measured else 1


def known_then(point: Point) -> int:
    """Trust the claim first: it is what was known on its day."""
    return 0 if point.is_measured else 1


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
