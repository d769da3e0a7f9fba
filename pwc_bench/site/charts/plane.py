"""The plane of a chart: axes, ticks, and where a point lies."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pwc_bench.core.ranking import Interval

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_DECADES = 10
"""Of more decades on a logarithmic axis only some are marked."""
_MOST_WRITTEN = 1e7
"""Marks from here on are written with an exponent."""
_MARGIN_SHARE = 0.06
"""Free space beyond the extremes, as a share of their distance."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A marked value."""

    share: float
    """Where it stands: 0 at the axis' low end, 1 at its high end."""
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale between two values."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    is_log: bool = False

    def share(self, value: float) -> float:
        """Return where `value` stands between the ends: 0 to 1."""
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def linear_axis(values: Sequence[float], *, wanted_ticks: int = 6) -> Axis:
    """Return an axis around `values` (at least one)."""
    least, greatest = min(values), max(values)
    margin = (greatest - least) * _MARGIN_SHARE or abs(least) * _MARGIN_SHARE or 1.0
    low, high = least - margin, greatest + margin
    rough = (high - low) / wanted_ticks
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in _STEPS if power * factor >= rough * 0.999)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9) + (1 if round(step / power, 3) == 2.5 else 0))
    bare = Axis(low, high, ())
    marks = [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return Axis(low, high, tuple(Tick(bare.share(mark), _text(mark, f",.{decimals}f")) for mark in marks))


def log_axis(values: Sequence[float]) -> Axis:
    """Return a logarithmic axis around `values`, all above 0."""
    least, greatest = min(values), max(values)
    factor = max((greatest / least) ** _MARGIN_SHARE, 1.12)
    low, high = least / factor, greatest * factor
    bare = Axis(low, high, (), is_log=True)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = range(first, last + 1, math.ceil((last - first) / _MOST_DECADES))
    factors = (1, 2, 5) if high / low < 2000 else (1,)
    marks = [factor * 10.0**decade for decade in decades for factor in factors]
    ticks = tuple(Tick(bare.share(mark), _text(mark, ",.10g")) for mark in marks if low <= mark <= high)
    return Axis(low, high, ticks, is_log=True)


def _text(mark: float, form: str) -> str:
    """Write a mark in `form`, as "2.5e9" where that would not stand beside a plot."""
    return format(mark, form) if abs(mark) < _MOST_WRITTEN else f"{mark:.4g}".replace("e+0", "e").replace("e+", "e")


def time_axis(values: Sequence[float], *, most_ticks: int = 6) -> Axis:
    """Return an axis around moments in years (at least one), marked at whole years."""
    low, high = math.floor(min(values) - 0.05), math.ceil(max(values) + 0.05)
    step = max(1, math.ceil((high - low) / most_ticks))
    bare = Axis(float(low), float(high), ())
    return Axis(bare.low, bare.high, tuple(Tick(bare.share(year), str(year)) for year in range(low, high + 1, step)))


def years(date: str) -> float:
    """Return a date (ISO 8601, of a year, a month or a day) in years: 2021.2. Raises ValueError for others."""
    parts = date.split("-")
    if not all(part.isdecimal() for part in parts):
        raise ValueError(f"{date!r} is no date")
    year, month, day = (*(int(part) for part in parts), 1, 1)[:3]
    return year + (month - 1) / 12 + (day - 1) / 365.25


RADIUS = 5.0
BAR_PX = (3.0, 14.0)
"""Width and height of the bar that marks a cost."""


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
    row: int | None = None
    """The place of its row in the page's table, None where the page has none."""
    spread: tuple[Interval | None, Interval | None] = (None, None)
    """Where x and y may truly lie, by sampling and by rounding; None where nobody knows."""
    setting: str | None = ""
    """The hardware on which its numbers depend: "NVIDIA H200, bf16"; "" where they depend on none, None where nobody
    named it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A measured x of a model whose y is only claimed: it corrects the claim's place, and is no point of its own."""

    x: float
    claim: Point
    name: str
    href: str


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
    costs: tuple[Cost, ...] = ()
    cost_title: str = ""
    """What their bars are: "GFLOPs measured"."""
    line: tuple[int, ...] = ()
    """The places of the points that the line joins, from left to right: the state of the art, or the frontier."""
    line_title: str = ""
    x_may_be_log: bool = True
    """Whether x are costs or speeds, on a logarithmic axis where they span orders of magnitude."""
    settings: tuple[str, ...] = ()
    """Where its numbers were measured, and where claimed, one line each; nothing where they depend on no machine."""
    is_over_time: bool = False
    """Whether x are years, which a line reaches before it climbs."""
    is_brief: bool = False
    """Whether points lead to their rows, which name them: for boards so long that names would outweigh all else."""


ShareOfPlot = tuple[float, float]
"""Shares of the plot's width and height, y downwards."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Turns values into shares of the plot, y downwards."""

    x: Axis
    y: Axis

    def at(self, point: Point) -> ShareOfPlot:
        """Return where a point stands."""
        return self.x.share(point.x), 1 - self.y.share(point.y)


def stairs(plane: Plane, scatter: Scatter) -> Iterator[tuple[ShareOfPlot, ShareOfPlot]]:
    """Yield the stairs through the points of the line: between two of them nothing better than the worse one."""
    for first, second in pairwise(plane.at(scatter.points[place]) for place in scatter.line):
        climbs_last = scatter.is_over_time or first[1] > second[1]
        corner = (second[0], first[1]) if climbs_last else (first[0], second[1])
        yield first, corner
        yield corner, second


def row_text(row: int | None) -> str | None:
    """Return the place of a row as an attribute, None where there is no row."""
    return None if row is None else str(row)
