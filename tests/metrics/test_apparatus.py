"""Inputs and clocks, on which every figure of speed rests."""

import pytest
import torch

from pwc_bench.metrics._apparatus.clock import clock_for, forwards_to_fill, random_images, warm_up


def test_random_images_are_the_same_at_each_call() -> None:
    """Shape, type and content; never zeros."""
    first, second = random_images(2, 8), random_images(2, 8)
    assert first.shape == (2, 3, 8, 8)
    assert torch.equal(first, second)
    assert torch.count_nonzero(first) == first.numel()


def test_the_wall_clock_calls_as_often_as_it_is_told() -> None:
    """And measures a time that passed."""
    calls: list[int] = []
    seconds = clock_for("cpu")(lambda: calls.append(1), 7)
    assert len(calls) == 7
    assert seconds > 0.0


@pytest.mark.parametrize(("seconds", "each", "forwards"), [(0.1, 0.03, 4), (0.1, 2.0, 1), (0.1, 0.0, 100_000)])
def test_forwards_fill_the_time(seconds: float, each: float, forwards: int) -> None:
    """Rounded up, at least one, and never without end."""
    assert forwards_to_fill(seconds, each) == forwards


def test_warming_up_takes_the_forwards_and_the_seconds_it_needs() -> None:
    """A clock of our own: the first forward takes 1 s, every later one 0.02 s."""
    calls = 0

    def clock(run: object, times: int) -> float:
        nonlocal calls
        first = calls == 0
        calls += times
        return 1.0 if first else 0.02 * times

    warm = warm_up(lambda: None, clock, forwards=10, seconds=2.0)
    assert warm.first_seconds == 1.0
    assert warm.forward_seconds == pytest.approx(0.02)
    assert warm.total_seconds >= 2.0
    assert calls == pytest.approx(51, abs=1)

    calls = 0
    assert warm_up(lambda: None, clock, forwards=2, seconds=0.0).total_seconds == pytest.approx(1.02)
    assert calls == 2
