"""Which models are worth a look: those on the Pareto frontier of two metrics, and those that were once the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pwc_bench.core.metric import Better
from pwc_bench.core.ranking import Interval, intervals_apart

__all__ = ["Estimate", "pareto_frontier", "state_of_the_art"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with where it may truly lie; without an interval it is exact."""

    value: float
    interval: Interval | None = None

    def gains(self, better: Better) -> tuple[float, float, float]:
        """Return the value and the ends of its interval, the worse one first, the higher the better."""
        low, high = self.interval or (self.value, self.value)
        ends = (low, high) if better is Better.HIGHER else (-high, -low)
        return (self.value if better is Better.HIGHER else -self.value, *ends)


def pareto_frontier(points: Sequence[tuple[Estimate, Estimate]], better: tuple[Better, Better]) -> tuple[int, ...]:
    """Return the places of the points that none of them beats in one metric without losing in the other.

    `points` hold two metrics, `better` their directions. Values whose intervals overlap are not ordered: neither wins
    nor loses. So a point that is better in one metric, and cannot be told apart in the other, beats; what is beaten
    beats nobody any more, since overlapping is not transitive; and of points that can be told apart in neither metric
    the one with the better first value stands for all. Equal points stand or fall together. A point that is not finite
    never stands. They come in the order of the first metric, its best value last.
    """
    gains = [(first.gains(better[0]), second.gains(better[1])) for first, second in points]
    left = [place for place, gain in enumerate(gains) if all(map(math.isfinite, (*gain[0], *gain[1])))]
    standing: list[int] = []
    while left:  # nothing beats in a circle, as both orders are interval orders: each round finds some that stand
        beaten = _beaten(left, left, gains)
        unbeaten = [place for place in left if place not in beaten]
        standing += unbeaten
        out = _beaten(left, unbeaten, gains) | set(unbeaten)
        left = [place for place in left if place not in out]
    found: list[int] = []
    for place in sorted(standing, key=lambda place: (gains[place][0][0], gains[place][1][0], -place), reverse=True):
        mine = gains[place]
        if all(gains[other] == mine or _is_apart(gains[other], mine) for other in found):
            found.append(place)
    return tuple(reversed(found))


_Gains = tuple[tuple[float, float, float], tuple[float, float, float]]


def _beaten(places: Sequence[int], rivals: Sequence[int], gains: Sequence[_Gains]) -> set[int]:
    """Return those of `places` that one of the `rivals` beats."""
    return _beaten_in(places, rivals, gains, 0, 1) | _beaten_in(places, rivals, gains, 1, 0)


def _beaten_in(places: Sequence[int], rivals: Sequence[int], gains: Sequence[_Gains], one: int, other: int) -> set[int]:
    """Return the places that some rival beats in metric `one` without losing in the `other`."""
    nearest = sorted(rivals, key=lambda place: gains[place][one][1], reverse=True)  # by the worse end, the best first
    found: set[int] = set()
    best, met = -math.inf, 0
    for place in sorted(places, key=lambda place: gains[place][one][2], reverse=True):
        while met < len(nearest) and gains[nearest[met]][one][1] > gains[place][one][2]:
            best = max(best, gains[nearest[met]][other][2])
            met += 1
        if best >= gains[place][other][1]:
            found.add(place)
    return found


def _is_apart(first: _Gains, second: _Gains) -> bool:
    """Tell whether two points can be told apart in one metric at least."""
    return any(intervals_apart(a[1:], b[1:]) for a, b in zip(first, second, strict=True))


def state_of_the_art(results: Sequence[tuple[str, float]], better: Better) -> tuple[int, ...]:
    """Return the places of the results that beat everything before them, the earliest first.

    `results` are dates (ISO 8601, of one precision) with values. Of one date only the best counts; NaN never does.
    """
    sign = 1.0 if better is Better.HIGHER else -1.0
    order = sorted(range(len(results)), key=lambda place: (results[place][0], -sign * results[place][1], place))
    found: list[int] = []
    highest = -math.inf
    for place in order:
        gain = sign * results[place][1]
        if gain > highest:
            found.append(place)
            highest = gain
    return tuple(found)
