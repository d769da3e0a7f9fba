"""The Pareto frontier and the state of the art: hand-made tables, and a second, slower way to find them."""

import math
import random

import pytest

from pwc_bench.core.metric import Better
from pwc_bench.core.pareto import pareto_frontier, state_of_the_art

HIGHER, LOWER = Better.HIGHER, Better.LOWER


@pytest.mark.parametrize(
    ("points", "better", "expected"),
    [
        # GFLOPs and accuracy of Ti, S, a worse S, B
        ([(1.0, 73.1), (5.4, 81.3), (6.0, 79.0), (17.0, 82.4)], (LOWER, HIGHER), [3, 1, 0]),
        ([(1.0, 1.0), (2.0, 2.0)], (HIGHER, HIGHER), [1]),
        ([(1.0, 1.0), (1.0, 1.0), (0.5, 1.0)], (HIGHER, HIGHER), [0, 1]),
        ([(1.0, 2.0), (1.0, 3.0)], (LOWER, LOWER), [0]),
        ([(math.nan, 1.0), (1.0, math.inf)], (LOWER, LOWER), []),
        ([], (LOWER, HIGHER), []),
    ],
)
def test_frontiers_of_hand_made_tables(
    points: list[tuple[float, float]], better: tuple[Better, Better], expected: list[int]
) -> None:
    """The best of the first metric comes last; equal points stand together; what is no number stands nowhere."""
    found = pareto_frontier(points, better)
    assert sorted(found) == sorted(expected)
    if len({points[place] for place in expected}) == len(expected):
        assert list(found) == expected


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("better", [(LOWER, HIGHER), (HIGHER, HIGHER), (LOWER, LOWER)])
def test_nothing_dominates_a_point_of_the_frontier(seed: int, better: tuple[Better, Better]) -> None:
    """And every other point is dominated: compared with each other point in turn."""
    chance = random.Random(seed)
    points = [(float(chance.randint(0, 9)), float(chance.randint(0, 9))) for _ in range(25)]
    signs = [1 if direction is HIGHER else -1 for direction in better]

    def dominates(first: tuple[float, float], second: tuple[float, float]) -> bool:
        gains = [sign * (a - b) for sign, a, b in zip(signs, first, second, strict=True)]
        return min(gains) >= 0 and max(gains) > 0

    expected = {place for place, point in enumerate(points) if not any(dominates(other, point) for other in points)}
    found = pareto_frontier(points, better)
    assert set(found) == expected
    firsts = [signs[0] * points[place][0] for place in found]
    assert firsts == sorted(firsts)


@pytest.mark.parametrize(
    ("results", "better", "expected"),
    [
        ([("2020", 72.0), ("2021", 82.4), ("2021", 82.5), ("2022", 82.5), ("2023", 84.0)], HIGHER, [0, 2, 4]),
        ([("2022", 3.0), ("2020", 5.0), ("2021", 6.0)], LOWER, [1, 0]),
        ([("2020", math.nan), ("2021", 1.0)], HIGHER, [1]),
        ([], HIGHER, []),
    ],
)
def test_the_state_of_the_art_only_improves(
    results: list[tuple[str, float]], better: Better, expected: list[int]
) -> None:
    """An equal result does not replace an earlier one; of one date only the best counts."""
    assert list(state_of_the_art(results, better)) == expected


@pytest.mark.parametrize("seed", range(20))
def test_every_step_beats_all_that_came_before(seed: int) -> None:
    """And nothing that is left out does."""
    chance = random.Random(seed)
    results = [(str(chance.randint(2015, 2024)), float(chance.randint(0, 30))) for _ in range(30)]
    found = state_of_the_art(results, HIGHER)
    for place, (date, value) in enumerate(results):
        earlier = [other for when, other in results if when < date]
        same = [other for when, other in results if when == date]
        leads = value == max(same) and all(value > other for other in earlier)
        assert (place in found) == (leads and results.index((date, value)) == place)
