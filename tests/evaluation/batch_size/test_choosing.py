"""The rule that chooses among measured batch sizes gives the same answer from day to day."""

import random

import pytest

from pwc_bench.evaluation.batch_size.climbing import GAIN, HOLD, TIME, BatchTable, best_size

TWO_CORES = {1: 1.73, 2: 2.01, 4: 2.18, 8: 2.24, 16: 2.13, 32: 1.80}
"""The six ConViTs together, measured once at leisure on two cores."""


@pytest.mark.parametrize(
    ("measured", "usual", "chosen"),
    [
        ({8: 10.0}, None, 8),
        ({1: 5.0, 2: 9.9, 4: 10.0}, None, 2),
        ({1: 5.0, 2: 9.7, 4: 10.0}, None, 4),
        ({4: 10.0, 8: 9.6, 16: 9.9}, 8, 8),
        ({4: 10.0, 8: 9.4, 16: 9.9}, 8, 4),
        ({4: 10.0, 8: 9.6}, 64, 4),
        (TWO_CORES, 8, 8),
    ],
)
def test_the_usual_size_holds_and_else_the_smallest_good_one_wins(
    measured: dict[int, float], usual: int | None, chosen: int
) -> None:
    """5 % decide against the usual size, and 2 % between the others."""
    assert best_size(measured, usual) == chosen


def test_noise_does_not_change_the_choice() -> None:
    """A thousand measurements of the same machine, each rate off by up to 1 %, choose one size."""
    noise = random.Random(3)
    chosen = {
        best_size({size: rate * noise.uniform(0.99, 1.01) for size, rate in TWO_CORES.items()}, 8) for _ in range(1000)
    }
    assert chosen == {8}


def test_a_clear_gain_is_taken_from_any_start() -> None:
    """However the usual size was come by: one that is slower by more than HOLD is left."""
    measured = {size: min(size, 64) * 100.0 for size in (16, 32, 64, 128, 256)}
    assert best_size(measured, 16) == best_size(measured, 32) == 64
    assert best_size(measured, 256) == 256
    assert best_size({64: 1.0, 256: 1.0 - HOLD - 0.001}, 256) == 64


def test_seconds_of_all_models_are_added_up() -> None:
    """One size serves all; what was timed once is taken to gain what the heaviest timed one gains."""
    seconds = {"light": {1: 1.0, 2: 1.0}, "heavy": {1: 4.0, 2: 6.0}, "heavier": {1: 8.0}}
    table = BatchTable.of(seconds, ["light", "heavy"], ["heavier"], GAIN)
    assert table.images_per_second == {1: 1 / 13.0, 2: 2 / (1.0 + 6.0 + 12.0)}


def test_where_the_usual_size_was_out_of_reach_it_is_taken() -> None:
    """A machine too slow to be measured in time is no reason to leave it, and nothing worth remembering."""
    slow = BatchTable({1: 1.0, 2: 1.5}, ("a",), (), TIME)
    assert (slow.choose(8), slow.tells(8)) == (8, False)
    assert (slow.choose(2), slow.tells(2)) == (2, True)
    narrow = BatchTable({1: 1.0, 2: 1.5}, ("a",), (), GAIN)
    assert (narrow.choose(8), narrow.tells(8)) == (2, True)
