"""Timing a model: readying it, warming it up, and the clock that fits its device."""

import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeAlias, TypeVar

from pwc_bench.core.instruments import Patience, Settings, Subject
from pwc_bench.core.measurement import Json
from pwc_bench.core.metric import Metric, spread_noise
from pwc_bench.hardware import LoadWatch, idle_processors

_SEED = 0


def random_images(images: int, side_px: int, device: str = "cpu") -> Any:  # noqa: ANN401 - a torch tensor
    """Return a float32 batch of shape (images, 3, side_px, side_px), normally distributed, the same at each call.

    Never zeros: processors finish those faster and cooler. The global random state is left alone.
    """
    import torch

    generator = torch.Generator().manual_seed(_SEED)
    return torch.randn(images, 3, side_px, side_px, generator=generator).to(device)


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


_SIDES = {"cpu": 1536, "cuda": 8192}
_SIDE_FP32_ON_CUDA = 4096
"""Large enough that the arithmetic decides; small enough that a product stays within a round, and beside the model."""


def matmul_side(settings: Settings) -> int:
    """Return how many rows and columns the matrices have; one product takes 2 x side^3 operations."""
    if settings.device_type == "cuda" and settings.precision == "fp32":
        return _SIDE_FP32_ON_CUDA
    return _SIDES[settings.device_type]


class PeakRounds:
    """Rounds of the matrix product, taken one by one between those of a model."""

    def __init__(self, settings: Settings, clock: Clock, round_seconds: float) -> None:
        """Make the matrices and warm up. A round has as many products as fill `round_seconds`."""
        self._settings = settings
        self._clock = clock
        self._multiply = square_matmul(settings)
        warm = warm_up(self._multiply, clock, forwards=2, seconds=0.0)
        self._products = forwards_to_fill(round_seconds, warm.forward_seconds)
        self._rates: list[float] = []

    def take_round(self) -> None:
        """Time one round."""
        operations = 2.0 * matmul_side(self._settings) ** 3 * self._products
        self._rates.append(operations / self._clock(self._multiply, self._products))

    @property
    def flops_per_second(self) -> float:
        """Return the median round, in operations a second."""
        return median(self._rates)

    def details(self) -> dict[str, Json]:
        """Return the peak, its rounds and what was multiplied."""
        side = matmul_side(self._settings)
        return {
            "peak_tflops": self.flops_per_second / 1e12,
            "peak_rounds_tflops": [rate / 1e12 for rate in self._rates],
            "matmul": [side, side, side],
            "precision": self._settings.precision,
            "tf32": self._settings.tf32,
        }


def square_matmul(settings: Settings) -> Callable[[], object]:
    """Return a function that multiplies two random square matrices once, on the device and at the precision.

    Random, because a GPU that multiplies zeros draws less power and so clocks higher.
    """
    import torch

    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[settings.precision]
    side = matmul_side(settings)
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(side, side, generator=generator).to(settings.device, dtype) for _ in range(2))
    out = torch.empty_like(left)

    def multiply() -> object:
        with torch.inference_mode():
            return torch.mm(left, right, out=out)

    return multiply


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
