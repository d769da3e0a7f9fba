"""What others take is seen: in counters as Linux writes them, and on a processor that is really shared."""

import os
import subprocess
import sys

import pytest

from pwc_bench.hardware import LoadReading, LoadWatch, idle_processors, read_load

_QUIET = LoadReading(wall=0.0, own=0.0, waited=0.0, busy=0.0, idle=0.0, stolen=0.0, throttled=0.0)


def _watched(*stretches: LoadReading) -> LoadWatch:
    """Return a watch that saw blocks, each from zero to a reading."""
    readings = iter([reading for stretch in stretches for reading in (_QUIET, stretch)])
    watch = LoadWatch(lambda: next(readings))
    for _ in stretches:
        with watch.looking():
            pass
        watch.keep()
    return watch


def _after(**changed: float | None) -> LoadReading:
    """Return a second later: two processors, of which this process used one and a half."""
    values: dict[str, float | None] = {
        "wall": 1.0, "own": 1.5, "waited": 0.01, "busy": 1.55, "idle": 0.45, "stolen": 0.0, "throttled": 0.0,
    }  # fmt: skip
    return LoadReading(**values | changed)  # type: ignore[arg-type]  # each number by its name


def test_a_quiet_machine_is_quiet() -> None:
    """Half a processor is idle, and hardly anybody waited."""
    watch = _watched(_after(), _after())
    assert watch.noise() == ()
    assert watch.details()["load"] == {
        "average_before": watch.details()["load"]["average_before"],  # type: ignore[index, call-overload]
        "own_processors": 1.5,
        "waited_share": 0.0066,
        "stolen_share": 0.0,
        "throttled_share": 0.0,
        "noise": [],
    }


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"waited": 0.5}, "others held 25 % of the processor time that it asked for"),
        ({"stolen": 0.5}, "the hypervisor gave 20 % of the processors to others"),
        ({"throttled": 0.3}, "a limit of its container held it 30 % of the time"),
        # Nobody tells who waited, but others were at work and no processor was left.
        ({"waited": None, "own": 0.8, "busy": 2.0, "idle": 0.0}, "others held 60 % of the processor time"),
    ],
)
def test_what_others_take_is_named(changed: dict[str, float | None], said: str) -> None:
    """Each in its own words, with its share."""
    (noise,) = _watched(_after(**changed)).noise()
    assert noise.startswith(said)


@pytest.mark.parametrize(
    "changed",
    [
        {"waited": None, "own": 0.8, "busy": 1.5, "idle": 0.5},
        {"waited": None, "busy": None, "idle": None, "stolen": None, "throttled": None},
    ],
)
def test_what_is_not_told_is_not_guessed(changed: dict[str, float | None]) -> None:
    """Others at work beside idle processors take nothing; a system that tells nothing accuses nobody."""
    assert _watched(_after(**changed)).noise() == ()


def test_blocks_count_by_their_length() -> None:
    """Nine quiet seconds and one of which half was lost: 5 %, which is not more than may be taken."""
    long = _after(wall=9.0, own=9.0, waited=0.0, busy=9.5, idle=8.5)
    assert _watched(long, _after(own=0.5, waited=0.5)).noise() == ()
    assert _watched(_after(), _after(own=0.5, waited=0.5)).noise() != ()


def test_a_block_that_is_not_kept_does_not_count() -> None:
    """It was disturbed and is repeated."""
    readings = iter([_QUIET, _after(waited=2.0), _QUIET, _after()])
    watch = LoadWatch(lambda: next(readings))
    with watch.looking():
        pass
    assert watch.is_disturbed
    with watch.looking():
        pass
    assert not watch.is_disturbed
    watch.keep()
    assert watch.noise() == ()


def test_idle_processors_are_counted_over_a_while() -> None:
    """Three idle seconds in two of time are one and a half processors."""
    readings = iter([_QUIET, _after(wall=2.0, idle=3.0)])
    assert idle_processors(0.0, lambda: next(readings)) == 1.5


@pytest.mark.skipif(sys.platform != "linux", reason="the counters are Linux's")
def test_a_processor_that_two_share_is_disturbed() -> None:
    """Two processes on one processor: each waits for about half of the time, and says so."""
    processor = next(iter(os.sched_getaffinity(0)))
    spin = f"import os, time\nos.sched_setaffinity(0, {{{processor}}})\nprint(flush=True)\nwhile True: pass"
    watch = (
        f"import os, time\nos.sched_setaffinity(0, {{{processor}}})\n"
        "from pwc_bench.hardware import LoadWatch\nwatch = LoadWatch()\n"
        "with watch.looking():\n    ends = time.process_time() + 0.1\n    while time.process_time() < ends: pass\n"
        "watch.keep()\nprint(*watch.noise())"
    )
    with subprocess.Popen([sys.executable, "-c", spin], stdout=subprocess.PIPE) as neighbour:
        assert neighbour.stdout is not None
        neighbour.stdout.readline()
        found = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)
        neighbour.kill()
    assert "others held" in found.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the counters are Linux's")
def test_the_counters_of_this_machine_are_read() -> None:
    """They rise, and this process's own time is part of what all used."""
    before, after = read_load(), read_load()
    assert after.wall > before.wall
    assert after.own >= before.own
    assert before.busy is not None
    assert before.busy > 0.0
