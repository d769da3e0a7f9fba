"""Rounds on a busy machine are repeated as long as there is patience, and what stays busy is marked."""

import pytest

from pwc_bench.core.instruments import Patience
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import noise_of
from pwc_bench.hardware import LoadReading, LoadWatch
from pwc_bench.metrics import load_metrics
from pwc_bench.metrics._apparatus import clock as quiet
from pwc_bench.metrics._apparatus.clock import busy_caveat, noise_of_rounds, undisturbed

_THROUGHPUT = load_metrics()["throughput"]


def _watch(*lost: float) -> LoadWatch:
    """Return a watch whose blocks last a second, and lose so much of it to others."""
    readings = [
        LoadReading(wall=place + second, own=(1.0 - share) * second, waited=share * second, busy=None, idle=None,
                    stolen=None, throttled=None)
        for place, share in enumerate(lost)
        for second in (0.0, 1.0)
    ]  # fmt: skip
    following = iter(readings)
    return LoadWatch(lambda: next(following))


@pytest.fixture(name="no_waiting")
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine gets no quieter by waiting in a test."""
    monkeypatch.setattr(quiet, "_wait", lambda _seconds: None)


@pytest.mark.usefixtures("no_waiting")
def test_a_disturbed_round_is_taken_again_and_the_run_says_so() -> None:
    """Two disturbed ones, then a quiet one, which counts."""
    taken = iter(["first", "second", "third"])
    watch = _watch(0.5, 0.4, 0.0)
    said = []
    steps = undisturbed(lambda: next(taken), watch, Patience(60.0), "round 1 of 20")
    while True:
        try:
            said.append(next(steps))
        except StopIteration as stop:
            found = stop.value
            break
    assert found == "third"
    assert said == ["round 1 of 20: the machine is busy, waiting for it (60 s left of --quiet-budget)"] * 2
    assert watch.noise() == ()


def test_without_patience_the_first_round_counts_and_is_marked() -> None:
    """The mark is told to people in the caveat, and to a check in the details."""
    watch = _watch(0.61)
    steps = undisturbed(lambda: "first", watch, Patience(0.0), "round 1 of 20")
    with pytest.raises(StopIteration, match="first"):
        next(steps)
    noise = noise_of_rounds(_THROUGHPUT, (10.0, 10.0), watch)
    said = "others held 61 % of the processor time that it asked for"
    assert noise == (said,)
    assert busy_caveat(noise) == (f"The machine was busy, so that no check decides on this: {said}.",)
    assert noise_of(_THROUGHPUT, Measurement(10.0, "images/s", samples=(10.0, 10.0), details=watch.details())) == noise


def test_rounds_that_lie_far_apart_are_a_mark_too() -> None:
    """Also in records of before anybody looked at the load."""
    rounds = (10.0, 6.0, 10.0, 6.0, 9.0)
    said = ("the middle half of the rounds spans 44 % of the median",)
    assert noise_of(_THROUGHPUT, Measurement(9.0, "images/s", samples=rounds)) == said
    assert noise_of(_THROUGHPUT, Measurement(9.0, "images/s", samples=(9.0, 9.1, 9.2))) == ()
    assert noise_of(load_metrics()["gflops"], Measurement(9.0, "GFLOPs", samples=rounds)) == ()
