"""What a chart draws, and where that stands on its plot."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pwc_bench.core.ranking import Interval
from pwc_bench.views.axes import Axis

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
