"""What a GPU tells of itself, and what is made of it."""

import json

import pytest
import torch

from pwc_bench.hardware import Gpu, GpuWatch, find_gpu
from pwc_bench.hardware.gpu_watch import open_gpu
from tests.hardware.nvml_stand_in import Library

ANSWERS = {
    "sm": 1980,
    "memory": 3201,
    "power": 612_500,
    "limit": 700_000,
    "celsius": 61,
    "reasons": 0,
    "energy": 5_250,
    "driver": 575,
}


def _gpu(**changes: int) -> tuple[Gpu, Library]:
    library = Library(ANSWERS | changes)
    return Gpu(library, handle=object()), library


def test_a_state_is_in_units_that_people_use() -> None:
    """MHz, watts, degrees, joules."""
    gpu, _ = _gpu()
    state = gpu.state()
    assert (state.sm_mhz, state.memory_mhz, state.celsius) == (1980, 3201, 61)
    assert (state.watts, state.limit_watts) == (612.5, 700.0)
    assert state.slowed_by == ()
    assert gpu.energy_joules() == 5.25
    assert gpu.driver() == "575"


def test_slowdowns_are_named_and_idling_is_none() -> None:
    """Power limit and both thermal limits; the idle bit and clocks set by somebody are no slowdown."""
    assert _gpu(reasons=0x1 | 0x2)[0].state().slowed_by == ()
    assert _gpu(reasons=0x4 | 0x40)[0].state().slowed_by == ("power limit", "thermal limit (hardware)")


def test_what_a_gpu_does_not_tell_is_unknown() -> None:
    """A virtual or divided GPU supports few questions."""
    gpu = Gpu(Library({}), handle=object())
    state = gpu.state()
    assert (state.sm_mhz, state.watts, state.celsius, state.slowed_by) == (None, None, None, ())
    assert gpu.energy_joules() is None
    assert gpu.driver() is None


def test_a_watch_tells_a_steady_gpu() -> None:
    """Details that JSON can hold, and nothing to warn of."""
    gpu, library = _gpu()
    watch = GpuWatch(gpu)
    for clock in (1980, 1965, 1980):
        library.answers["sm"] = clock
        watch.look()
    details = watch.details()
    assert json.loads(json.dumps(details)) == details
    assert details["gpu"]["during"]["sm_mhz"] == [1965, 1980, 1980]  # type: ignore[index,call-overload]
    assert details["gpu"]["during"]["looks"] == 3  # type: ignore[index,call-overload]
    assert details["gpu"]["before"]["limit_watts"] == 700.0  # type: ignore[index,call-overload]
    assert watch.caveats() == ()


def test_a_watch_warns_of_throttling_and_of_clocks_that_move() -> None:
    """Each in one sentence; what the warm-up saw is forgotten."""
    gpu, library = _gpu()
    watch = GpuWatch(gpu)
    library.answers["sm"] = 300
    watch.look()
    watch.forget()
    for clock, reasons in ((1980, 0), (1700, 0x4), (1980, 0x4 | 0x20)):
        library.answers |= {"sm": clock, "reasons": reasons}
        watch.look()
    throttled, moved = watch.caveats()
    assert throttled == (
        "The GPU was throttled: power limit in 2 of 3 looks, thermal limit (software) in 1 of 3 looks."
    )
    assert moved == "The SM clock moved between 1700 and 1980 MHz during the rounds."


def test_without_a_gpu_nothing_is_watched() -> None:
    """No details, no caveats, no error."""
    watch = GpuWatch(find_gpu("cpu"))
    watch.look()
    assert watch.details() == {}
    assert watch.caveats() == ()


@pytest.mark.skipif(torch.cuda.is_available(), reason="here is a GPU, whose UUID would be another one in any case")
def test_a_device_that_is_not_there_is_not_found() -> None:
    """Neither by torch nor, without its driver, by NVML."""
    assert find_gpu("cuda") is None
    assert open_gpu("00000000-0000-0000-0000-000000000000") is None


@pytest.mark.gpu
def test_the_gpu_of_this_machine_tells_its_clocks() -> None:
    """Found by its UUID."""
    gpu = find_gpu("cuda")
    assert gpu is not None
    assert (gpu.state().sm_mhz or 0) > 0
