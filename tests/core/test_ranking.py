"""Rank bands: hand-made tables, and what must hold for any numbers."""

import math
import random

import pytest

from pwc_bench.core.metric import Better
from pwc_bench.core.ranking import RankBand, intervals_apart, rank_bands, ranking_order

HIGHER, LOWER = Better.HIGHER, Better.LOWER


def always(first: int, second: int) -> bool:
    """Exact numbers: any difference counts."""
    return True


def never(first: int, second: int) -> bool:
    """Numbers of which nothing is certain."""
    return False


def texts(bands: tuple[RankBand | None, ...]) -> list[str | None]:
    """As a table shows them."""
    return [None if band is None else band.text.replace("\N{EN DASH}", "-") for band in bands]


@pytest.mark.parametrize(
    ("values", "better", "expected"),
    [
        ([82.5, 82.4, 82.2], HIGHER, ["1", "2", "3"]),
        ([82.5, 82.4, 82.2], LOWER, ["3", "2", "1"]),
        ([10.0, 30.0, 10.0], LOWER, ["1-2", "3", "1-2"]),
        ([None, 1.0, math.nan, 2.0], HIGHER, [None, "2", None, "1"]),
        ([None], HIGHER, [None]),
        ([], HIGHER, []),
        ([0.0, -1.0], HIGHER, ["1", "2"]),
    ],
)  # fmt: skip
def test_exact_numbers_have_plain_ranks(values: list[float | None], better: Better, expected: list[str | None]) -> None:
    """In the metric's direction; equal ones share a band; what is missing has no rank and takes no place."""
    assert texts(rank_bands(values, better, always)) == expected


def test_overlapping_neighbours_share_a_band() -> None:
    """B+, B and S+ overlap and S meets S+ alone, so S may be third and S+ fourth; Ti stands apart from all."""
    intervals = [(82.2, 82.8), (82.1, 82.7), (81.6, 82.3), (81.3, 81.9), (72.7, 73.5)]
    values: list[float | None] = [(low + high) / 2 for low, high in intervals]

    def apart(first: int, second: int) -> bool:
        return intervals_apart(intervals[first], intervals[second])

    assert texts(rank_bands(values, HIGHER, apart)) == ["1-3", "1-3", "1-4", "3-4", "5"]


def test_where_nothing_is_certain_every_rank_is_possible() -> None:
    """The band spans all that have a value."""
    assert texts(rank_bands([3.0, None, 1.0, 2.0], LOWER, never)) == ["1-3", None, "1-3", "1-3"]


@pytest.mark.parametrize("seed", range(40))
def test_what_holds_for_any_numbers(seed: int) -> None:
    """A band holds the plain rank; more separation never widens one; reversing the direction mirrors it."""
    chance = random.Random(seed)
    values: list[float | None] = [chance.choice([None, round(chance.uniform(0, 5), 1)]) for _ in range(30)]
    separated = {pair for pair in ((a, b) for a in range(30) for b in range(a)) if chance.random() < 0.5}

    def apart(first: int, second: int) -> bool:
        return (max(first, second), min(first, second)) in separated

    bands, sharp, mirrored = (
        rank_bands(values, HIGHER, apart),
        rank_bands(values, HIGHER, always),
        rank_bands(values, LOWER, apart),
    )
    ranked = [value for value in values if value is not None]
    for value, band, narrow, mirror in zip(values, bands, sharp, mirrored, strict=True):
        if value is None or band is None or narrow is None or mirror is None:
            assert (value, band, narrow, mirror) == (None, None, None, None)
            continue
        better, worse = sum(other > value for other in ranked), sum(other < value for other in ranked)
        assert (narrow.best, narrow.worst) == (1 + better, len(ranked) - worse)
        assert 1 <= band.best <= narrow.best <= narrow.worst <= band.worst <= len(ranked)
        assert (mirror.best, mirror.worst) == (len(ranked) + 1 - band.worst, len(ranked) + 1 - band.best)


@pytest.mark.parametrize("seed", range(10))
def test_the_order_is_that_of_the_values(seed: int) -> None:
    """The best first, equal ones as they came, missing ones last."""
    chance = random.Random(seed)
    values = [chance.choice([None, math.nan, float(chance.randint(0, 5))]) for _ in range(20)]
    order = ranking_order(values, LOWER)
    assert sorted(order) == list(range(20))
    present = [place for place in order if (value := values[place]) is not None and not math.isnan(value)]
    assert list(order[: len(present)]) == present
    assert present == sorted(present, key=lambda place: (values[place], place))


def test_intervals_that_touch_are_not_apart() -> None:
    """Whichever comes first."""
    assert not intervals_apart((1.0, 2.0), (2.0, 3.0))
    assert intervals_apart((1.0, 2.0), (2.1, 3.0))
    assert intervals_apart((2.1, 3.0), (1.0, 2.0))
