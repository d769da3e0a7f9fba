"""Timing a model: readying it, warming it up, and the clock that fits its device."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pwc_bench.core.instruments import Subject
from pwc_bench.metrics._apparatus.inputs import random_images

Clock: TypeAlias = Callable[[Callable[[], object], int], float]
"""Calls a function so many times and returns the seconds that all calls together took, the device's work included."""


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What the untimed forwards before the rounds showed."""

    first_seconds: float
    """The first forward, which allocates, chooses kernels and compiles."""
    forward_seconds: float
    """One forward once warm, to plan the rounds with."""
    total_seconds: float


def forward_once(subject: Subject, images: int) -> Callable[[], object]:
    """Deploy a new model, and return a function that runs one forward on a random batch that is already in place."""
    import torch

    model = subject.deploy()
    batch = random_images(images, subject.variant.recipe.crop_px, subject.settings.device)

    def forward() -> object:
        with torch.inference_mode():
            return model(batch)

    return forward


def clock_for(device: str, meanwhile: Callable[[], object] | None = None) -> Clock:
    """Return the clock of a torch device: CUDA events on CUDA, else the wall clock.

    On CUDA, `meanwhile` is called once in each span, when all work is queued and the device still busy with it: what
    it does takes no time of the span. The CPU does the work itself, so there nothing is called.
    """
    if device.partition(":")[0] != "cuda":
        return _wall_clock
    return _cuda_clock(device, meanwhile)


def warm_up(forward: Callable[[], object], clock: Clock, *, forwards: int, seconds: float) -> WarmUp:
    """Run at least `forwards` (two or more) forwards, and as many more as fill `seconds`."""
    first = clock(forward, 1)
    repeats = max(1, forwards - 1)
    total, last = first, clock(forward, repeats)
    total += last
    while total < seconds:
        repeats = forwards_to_fill(min(seconds - total, 0.1), last / repeats)
        last = clock(forward, repeats)
        total += last
    return WarmUp(first_seconds=first, forward_seconds=last / repeats, total_seconds=total)


def forwards_to_fill(seconds: float, forward_seconds: float) -> int:
    """Return how many forwards take at least `seconds`, from 1 to 100,000."""
    return min(100_000, max(1, math.ceil(seconds / max(forward_seconds, 1e-9))))


def _wall_clock(run: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - began


def _cuda_clock(device: str, meanwhile: Callable[[], object] | None) -> Clock:
    import torch

    target = torch.device(device)

    def clock(run: Callable[[], object], times: int) -> float:
        with torch.cuda.device(target):
            begin = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            end = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
            torch.cuda.synchronize()  # nothing of what came before may run into this span
            begin.record()
            for _ in range(times):
                run()
            end.record()
            if meanwhile is not None:
                meanwhile()
            end.synchronize()
        return float(begin.elapsed_time(end)) / 1000.0

    return clock
