"""Which models are worth a look: those on the Pareto frontier of two metrics, and those that were once the best."""

import math
from collections.abc import Sequence

from pwc_bench.core.metric import Better

__all__ = ["pareto_frontier", "state_of_the_art"]


def pareto_frontier(points: Sequence[tuple[float, float]], better: tuple[Better, Better]) -> tuple[int, ...]:
    """Return the places of the points that no other one beats in one metric without losing in the other.

    `points` hold the values of two metrics, `better` their directions. Equal points stand or fall together. A point
    that is not finite never stands on the frontier. They come in the order of the first metric, its best value last.
    """
    signs = tuple(1.0 if direction is Better.HIGHER else -1.0 for direction in better)
    gains = [(signs[0] * first, signs[1] * second) for first, second in points]
    found: list[int] = []
    highest = -math.inf
    # From the best of the first metric on, a point must be better in the second one than all before it.
    for place in sorted(_whole(gains), key=lambda place: (gains[place], -place), reverse=True):
        if gains[place][1] > highest or (found and gains[place] == gains[found[-1]]):
            found.append(place)
            highest = gains[place][1]
    return tuple(reversed(found))


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


def _whole(gains: Sequence[tuple[float, float]]) -> list[int]:
    return [place for place, gain in enumerate(gains) if all(math.isfinite(value) for value in gain)]
