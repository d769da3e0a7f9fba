"""The Pareto frontier and the state of the art: hand-made tables, and a second, slower way to find them."""

import math
import random
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pwc_bench.core.metric import Better
from pwc_bench.core.ranking import Estimate, pareto_frontier, state_of_the_art

HIGHER, LOWER = Better.HIGHER, Better.LOWER


def exactly(points: Sequence[tuple[float, float]]) -> list[tuple[Estimate, Estimate]]:
    """The points as counts, which have no interval."""
    return [(Estimate(first), Estimate(second)) for first, second in points]


def within(value: float, half_width: float) -> Estimate:
    """A number with a symmetric interval."""
    return Estimate(value, (value - half_width, value + half_width))


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
    found = pareto_frontier(exactly(points), better)
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
    found = pareto_frontier(exactly(points), better)
    assert set(found) == expected
    firsts = [signs[0] * points[place][0] for place in found]
    assert firsts == sorted(firsts)


@pytest.mark.parametrize(
    ("points", "better", "expected"),
    [
        # ConViT-S+ and -B on 50,000 images: B costs more and cannot be told apart; Ti and S can.
        (
            [
                (Estimate(1.0), within(73.1, 0.4)),
                (Estimate(5.4), within(81.3, 0.35)),
                (Estimate(10.0), within(82.2, 0.35)),
                (Estimate(17.0), within(82.4, 0.33)),
            ],
            (LOWER, HIGHER),
            [2, 1, 0],
        ),
        # Speeds that overlap: the more accurate one stands alone.
        ([(within(100.0, 5.0), Estimate(80.0)), (within(97.0, 5.0), Estimate(81.0))], (HIGHER, HIGHER), [1]),
        # Neither number tells them apart: the one with the better first value stands for both.
        ([(within(100.0, 5.0), within(80.0, 1.0)), (within(97.0, 5.0), within(80.5, 1.0))], (HIGHER, HIGHER), [0]),
        # Ends that touch have a value in common.
        ([(Estimate(1.0), within(80.0, 0.5)), (Estimate(2.0), within(81.0, 0.5))], (LOWER, HIGHER), [0]),
        # Overlap is not transitive: the middle one overlaps both others, and the cheaper first one beats it.
        (
            [
                (Estimate(1.0), within(80.0, 1.0)),
                (Estimate(2.0), within(81.5, 1.0)),
                (Estimate(3.0), within(83.0, 0.9)),
            ],
            (LOWER, HIGHER),
            [2, 0],
        ),
    ],
)
def test_what_intervals_do_not_tell_apart_is_not_ordered(
    points: list[tuple[Estimate, Estimate]], better: tuple[Better, Better], expected: list[int]
) -> None:
    """Worked by hand."""
    assert list(pareto_frontier(points, better)) == expected


@given(
    st.lists(st.tuples(*[st.integers(0, 12), st.integers(0, 3)] * 2), max_size=12),
    st.tuples(st.sampled_from(Better), st.sampled_from(Better)),
)
def test_no_two_points_of_a_frontier_overlap_as_if_they_differed(
    drawn: list[tuple[int, int, int, int]], better: tuple[Better, Better]
) -> None:
    """Each two of them are told apart in both numbers, in opposite directions, or are one and the same point."""
    points = [(within(x, dx), within(y, dy)) for x, dx, y, dy in drawn]
    found = pareto_frontier(points, better)
    assert bool(found) is bool(points)
    for one, other in combinations(found, 2):
        if points[one] != points[other]:
            wins = [
                winner(first, second, direction)
                for first, second, direction in zip(points[one], points[other], better, strict=True)
            ]
            assert sorted(wins) == [-1, 1]


def winner(first: Estimate, second: Estimate, better: Better) -> int:
    """1 where the first is better beyond both intervals, -1 where the second is, else 0."""
    (_, low, high), (_, other_low, other_high) = first.gains(better), second.gains(better)
    return (low > other_high) - (other_low > high)


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
