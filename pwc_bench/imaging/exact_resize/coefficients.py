"""The integer weights with which Pillow resizes 8-bit images, to the last bit.

Facts from Pillow's `Resample.c`, held against the installed Pillow by `selftest`: each sample of a resized line is a
weighted sum of neighbouring samples; the filter is stretched where the line shrinks; weights are computed and
normalised in double precision, then rounded to whole multiples of 2 ** -22.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

PRECISION_BITS = 32 - 8 - 2
"""The fraction of a weight: 8 bits of the 32 hold the pixel, 2 what a filter's negative lobes overshoot."""

Doubles: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Filter:
    """A resampling filter of Pillow's."""

    support: float
    """How far it reaches to either side of its centre, in samples."""
    weigh: Callable[[Doubles], Doubles]
    """Weights at distances from the centre. The order of its operations is Pillow's: doubles round at each."""


@dataclass(frozen=True, slots=True)
class Taps:
    """For each wanted sample of a line: which samples of the original line it is made of."""

    first: NDArray[np.int64]
    """The index of the first sample, shape (n,)."""
    count: NDArray[np.int64]
    """How many samples follow one another from there, at least 1, shape (n,)."""
    weights: NDArray[np.int32]
    """In units of 2 ** -22, zero behind `count`, shape (n, the largest count).

    255 times the sum of a sample's absolute weights and half a unit stay below 2 ** 31: the weights add up to one, and
    no filter's negative lobes bring their absolute sum beyond 1.6, so that 32-bit sums are exact."""

    @property
    def span(self) -> tuple[int, int]:
        """Return the first sample that is needed, and the one behind the last."""
        return int(self.first.min()), int((self.first + self.count).max())


def identity_taps(positions: NDArray[np.int64]) -> Taps:
    """Return the taps that copy the samples at `positions`: a weight of one gives back each pixel."""
    return Taps(positions, np.ones_like(positions), np.full((len(positions), 1), 1 << PRECISION_BITS, np.int32))


def line_taps(size_px: int, resized_px: int, positions: NDArray[np.int64], interpolation: str) -> Taps:
    """Return the taps for the samples at `positions` of a line of `size_px` samples resized to `resized_px`.

    Each position lies in 0 ... resized_px - 1. `interpolation` is one of FILTERS.
    """
    kernel = FILTERS[interpolation]
    scale = float(np.float32(size_px)) / resized_px  # Pillow keeps the box that is resized in single precision
    stretch = max(scale, 1.0)
    support = kernel.support * stretch
    centres = (positions + 0.5) * scale
    first = np.maximum(np.trunc(centres - support + 0.5), 0).astype(np.int64)
    behind = np.minimum(np.trunc(centres + support + 0.5), size_px).astype(np.int64)
    count = behind - first
    steps = np.arange(count.max())
    distances = (steps + first[:, None] - centres[:, None] + 0.5) * (1.0 / stretch)
    weights = np.where(steps < count[:, None], kernel.weigh(distances), 0.0)
    # Sums run from the first tap to the last, as in Pillow: numpy's own `sum` adds pairs, and rounds differently.
    totals = np.add.accumulate(weights, axis=1)[:, -1:]
    np.divide(weights, totals, out=weights, where=totals != 0.0)
    scaled = weights * (1 << PRECISION_BITS)
    return Taps(first, count, np.trunc(scaled + np.copysign(0.5, scaled)).astype(np.int32))


def _bilinear(distances: Doubles) -> Doubles:
    return np.maximum(1.0 - np.abs(distances), 0.0)


def _bicubic(distances: Doubles) -> Doubles:
    """Weigh by Keys' cubic with a = -0.5."""
    x = np.abs(distances)
    near = (1.5 * x - 2.5) * x * x + 1.0
    far = (((x - 5.0) * x + 8.0) * x - 4.0) * -0.5
    return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))


def _lanczos(distances: Doubles) -> Doubles:
    """Weigh by the sinc under a sinc three times as wide; the C library's sine, since numpy's rounds differently."""
    values = [_sinc(x) * _sinc(x / 3) if -3.0 <= x < 3.0 else 0.0 for x in distances.ravel().tolist()]
    return np.array(values).reshape(distances.shape)


def _sinc(x: float) -> float:
    angle = x * math.pi
    return math.sin(angle) / angle if angle else 1.0


FILTERS: Mapping[str, Filter] = MappingProxyType(
    {"bilinear": Filter(1.0, _bilinear), "bicubic": Filter(2.0, _bicubic), "lanczos": Filter(3.0, _lanczos)}
)
"""The filters that recipes may name."""
