"""The pass's own rate: warm-up dropped, rounds joined, and what it does not tell said."""

from dataclasses import replace

import pytest

from pwc_bench.core.measurement import PassSummary
from pwc_bench.metrics.end_to_end import MOST_ROUNDS, PassMeter
from tests.metrics.batches import make_batch


def _summary(
    images: tuple[int, ...],
    seconds: tuple[float, ...],
    *,
    variants: tuple[str, ...] = ("tiny",),
    resumed: bool = False,
) -> PassSummary:
    return PassSummary(sum(images), images, seconds, variants, resumed)


def test_the_first_step_warms_up_and_is_left_out() -> None:
    """(64 + 64 + 32) images in (1 + 3 + 1) seconds are 32 a second; the first 10 seconds do not count."""
    meter = PassMeter()
    meter.update(make_batch([0], [[0, 1, 2, 3, 4]]))
    measured = meter.measurements(_summary((64, 64, 64, 32), (10.0, 1.0, 3.0, 1.0)))["throughput_end_to_end"]
    assert measured.value == pytest.approx(32.0)
    assert measured.unit == "images/s"
    assert measured.samples == pytest.approx((64.0, 64 / 3, 32.0))
    assert measured.interval is not None
    assert 64 / 3 <= measured.interval[0] < 32.0 < measured.interval[1] <= 64.0
    assert measured.details["warm_up_steps"] == 1
    assert len(measured.caveats) == 1  # rounds that lie so far apart are marked


def test_a_short_pass_keeps_all_its_steps_and_says_so() -> None:
    """Two steps are too few to throw one away."""
    measured = PassMeter().measurements(_summary((8, 8), (2.0, 2.0)))["throughput_end_to_end"]
    assert measured.value == 4.0
    assert "too short" in measured.caveats[0]


def test_a_single_step_has_no_interval() -> None:
    """One span says nothing about spread."""
    measured = PassMeter().measurements(_summary((8,), (2.0,)))["throughput_end_to_end"]
    assert measured.interval is None
    assert measured.samples == (4.0,)
    assert any("no interval" in caveat for caveat in measured.caveats)


def test_what_shared_or_continued_the_pass_is_said() -> None:
    """A rate that six variants share is not the rate of one."""
    summary = _summary((8, 8, 8), (1.0, 1.0, 1.0), variants=("a", "b", "c", "d", "e", "f"), resumed=True)
    measured = PassMeter().measurements(summary)["throughput_end_to_end"]
    assert any("Shared one pass with 5 other variants" in caveat for caveat in measured.caveats)
    assert any("last part" in caveat for caveat in measured.caveats)
    assert measured.details["variants"] == ["a", "b", "c", "d", "e", "f"]
    pair = PassMeter().measurements(_summary((8, 8, 8), (1.0, 1.0, 1.0), variants=("a", "b")))
    assert any("1 other variant:" in caveat for caveat in pair["throughput_end_to_end"].caveats)


def test_a_pass_on_a_busy_machine_is_marked() -> None:
    """By what was seen of the machine and by how far its rounds lie apart, as a model's own throughput is."""
    seen = {"load": {"noise": ["others held 60 % of the processor time that it asked for"]}}
    quiet, busy = ((1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 3.0, 1.0))
    found = [
        PassMeter().measurements(replace(_summary((8,) * 4, seconds), load=load))["throughput_end_to_end"]
        for seconds, load in ((quiet, {}), (quiet, seen), (busy, {}))
    ]
    assert [len(one.caveats) for one in found] == [0, 1, 1]
    assert all(one.caveats[0].startswith("The machine was busy, so that no check decides") for one in found[1:])
    assert found[1].details["load"] == seen["load"]


def test_a_long_pass_is_joined_into_few_rounds() -> None:
    """782 steps are 50 samples that hold every step once."""
    measured = PassMeter().measurements(_summary((64,) * 783, (0.5,) * 783))["throughput_end_to_end"]
    assert measured.value == pytest.approx(128.0)
    assert measured.samples is not None
    assert len(measured.samples) == MOST_ROUNDS
    assert measured.details["images"] == 782 * 64
    assert measured.interval == pytest.approx((128.0, 128.0))


@pytest.mark.parametrize("seconds", [(), (0.0, 0.0, 0.0)])
def test_a_pass_that_was_not_timed_has_no_rate(seconds: tuple[float, ...]) -> None:
    """Absent, never infinite."""
    assert PassMeter().measurements(_summary((8,) * len(seconds), seconds)) == {}
