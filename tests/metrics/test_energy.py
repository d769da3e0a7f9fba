"""Energy per image, between the steps of a counter."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from pwc_bench.metrics.energy import INSTRUMENT, EnergyPlan, Meter, examine
from tests.metrics.subjects import Convolutional, make_subject, run

QUICK = EnergyPlan(rounds=4, round_seconds=0.002, lead_seconds=0.0005, chunk_seconds=0.0002, patience_seconds=20.0)


def _stepping(joules: float, looks: int) -> Callable[[], float]:
    """A counter that moves by so many joules every so many looks."""
    seen = 0

    def read() -> float:
        nonlocal seen
        seen += 1
        return joules * (seen // looks)

    return read


def test_a_round_goes_from_step_to_step() -> None:
    """Joules of whole steps over the images between them, the median with its interval."""
    steps, measured = run(examine(make_subject(Convolutional), Meter(_stepping(2.0, 5), "a counter"), QUICK))
    found = measured["energy"]
    assert len(steps) == 1 + QUICK.rounds
    assert found.unit == "J/image"
    assert found.samples is not None
    assert len(found.samples) == QUICK.rounds
    assert found.value > 0.0
    assert found.interval is not None
    assert found.interval[0] <= found.value <= found.interval[1]
    joules, seconds = found.details["joules"], found.details["seconds"]
    assert isinstance(joules, float)
    assert isinstance(seconds, float)
    assert joules % 2.0 == 0.0
    assert found.details["mean_watts"] == pytest.approx(joules / seconds)
    assert found.details["counter"] == "a counter"


def test_a_counter_that_stands_still_measures_nothing() -> None:
    """Absent, never 0 J."""
    assert (
        run(examine(make_subject(Convolutional), Meter(lambda: 7.0, "stuck"), replace(QUICK, patience_seconds=0.02)))[1]
        == {}
    )


def test_no_counter_costs_nothing() -> None:
    """No model is made."""
    steps, measured = run(examine(make_subject(Convolutional), None, QUICK))
    assert (steps, measured) == ([], {})


@pytest.mark.gpu
def test_a_gpu_takes_energy() -> None:
    """NVML's counter, where the device has one."""
    assert INSTRUMENT.gauge is not None
    _, measured = run(INSTRUMENT.gauge(make_subject(Convolutional, device="cuda", batch_size=256)))
    assert measured == {} or measured["energy"].value > 0.0
