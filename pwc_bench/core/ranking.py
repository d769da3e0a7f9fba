"""Ranks as bands: where a model may stand, given what the data can tell apart. Pure rules on numbers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pwc_bench.core.metric import Better

__all__ = ["Interval", "RankBand", "Separated", "intervals_apart", "rank_bands", "ranking_order"]

Interval = tuple[float, float]
"""The low and the high end, in the metric's unit."""

Separated = Callable[[int, int], bool]
"""Tells whether the data can tell two entries apart. It is asked for entries with different values only, and must give
the same answer for (a, b) and (b, a)."""

_EN_DASH = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class RankBand:
    """The best and the worst rank that the data allow."""

    best: int
    worst: int

    @property
    def text(self) -> str:
        """Return the band as a table shows it: "2", or "2-4" with an en dash."""
        return str(self.best) if self.best == self.worst else f"{self.best}{_EN_DASH}{self.worst}"


def intervals_apart(first: Interval, second: Interval) -> bool:
    """Tell whether two 95 % intervals have no value in common: the rule where nothing is known image by image.

    Of two independent estimates this asks for more than a test at 5 % does, about 0.6 % where both are equally exact
    (Schenker and Gentleman 2001, "On judging the significance of differences by examining the overlap between
    confidence intervals"; Goldstein and Healy 1995), and models that see the same images err together, which makes it
    stricter still. A wrong "cannot tell" is thereby likelier than a wrong "is better", and readers can check it.
    """
    return first[1] < second[0] or second[1] < first[0]


def ranking_order(values: Sequence[float | None], better: Better) -> tuple[int, ...]:
    """Return the places of `values`, the best first; equal ones keep their order, missing ones and NaN come last."""
    sign = -1.0 if better is Better.HIGHER else 1.0

    def key(place: int) -> tuple[bool, float]:
        value = values[place]
        return (True, 0.0) if value is None or math.isnan(value) else (False, sign * value)

    return tuple(sorted(range(len(values)), key=key))


def rank_bands(values: Sequence[float | None], better: Better, separated: Separated) -> tuple[RankBand | None, ...]:
    """Return for each value its best and worst possible rank, None for a missing one (None or NaN).

    The best rank counts those that are better and told apart from it, the worst one those that are worse and told
    apart. Equal values are never told apart. `separated` need not be transitive: A and B, B and C may overlap while A
    and C do not.
    """
    order = [place for place in ranking_order(values, better) if not _is_missing(values[place])]
    bands: list[RankBand | None] = [None] * len(values)
    above, below = dict.fromkeys(order, 0), dict.fromkeys(order, 0)
    for rank, place in enumerate(order):
        for other in order[rank + 1 :]:
            if values[place] != values[other] and separated(place, other):
                above[other] += 1
                below[place] += 1
    for place in order:
        bands[place] = RankBand(1 + above[place], len(order) - below[place])
    return tuple(bands)


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)
