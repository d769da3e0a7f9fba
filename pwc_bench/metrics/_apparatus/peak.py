"""What the device can do at best: a large square matrix product, timed beside the model with the same clock."""

from collections.abc import Callable
from statistics import median

from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.metrics._apparatus.clock import Clock, forwards_to_fill, warm_up

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
