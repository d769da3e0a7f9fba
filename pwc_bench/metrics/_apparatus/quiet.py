"""Rounds on a machine that does something else too: waiting, repeating what was disturbed, saying what stayed so."""

import time
from collections.abc import Callable, Generator
from typing import TypeVar

from pwc_bench.core.instruments import Patience
from pwc_bench.core.metric import Metric, spread_noise
from pwc_bench.hardware import LoadWatch, idle_processors

Found = TypeVar("Found")

_LOOK_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 5.0
"""One step of a gauge may take only so long (`run --model-timeout`)."""
_NEEDED = 0.9
"""Processors that must be idle for each that is needed, before a round is tried again."""


def undisturbed(
    take: Callable[[], Found], watch: LoadWatch, patience: Patience, what: str
) -> Generator[str, None, Found]:
    """Take a round, again and again while it is disturbed and there is patience left, and return the last one.

    Yields what it waits for. The round counts in `watch`; waiting and repeating are paid from `patience`.
    """
    with watch.looking():
        found = take()
    while watch.is_disturbed and patience.seconds > 0.0:
        yield f"{what}: the machine is busy, waiting for it ({patience.seconds:.0f} s left of --quiet-budget)"
        began = time.perf_counter()
        _wait(min(patience.seconds, _LONGEST_WAIT_SECONDS))
        with watch.looking():
            found = take()
        patience.seconds -= time.perf_counter() - began
    watch.keep()
    return found


def _wait(seconds: float) -> None:
    """Wait until as many processors are idle as torch uses, for at most `seconds`."""
    import torch

    ends = time.perf_counter() + seconds
    while (left := ends - time.perf_counter()) > 0.0:
        idle = idle_processors(min(_LOOK_SECONDS, left))
        if idle is None or idle >= _NEEDED * torch.get_num_threads():
            return


def busy_caveat(noise: tuple[str, ...]) -> tuple[str, ...]:
    """Return the caveat of a disturbed measurement, which says what disturbed it; nothing for a quiet one."""
    return (f"The machine was busy, so that no check decides on this: {'; '.join(noise)}.",) if noise else ()


def noise_of_rounds(metric: Metric, rounds: tuple[float, ...], watch: LoadWatch) -> tuple[str, ...]:
    """Return all that disturbed a measurement: what was seen of the machine, and what its rounds show."""
    return (*watch.noise(), *spread_noise(metric, rounds))
