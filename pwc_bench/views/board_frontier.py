"""Which points of a leaderboard's chart compete for its line: one for each model, all of one setting."""

from collections.abc import Callable, Iterable, Sequence

from pwc_bench.views.cells import ClaimCell, MeasuredCell
from pwc_bench.views.scatter_plane import Point


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
