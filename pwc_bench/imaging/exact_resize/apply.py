"""Crops on any torch device, equal to Pillow's to the last bit: integers only, so a device's float modes do not matter.

Both passes are one operation: every output pixel adds up weighted input pixels that lie a fixed step apart. Images of
different sizes share it by their indices into one long row of pixels; those of similar cost go together.
"""

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.crop import crop_offset_px, resized_size_px

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


class PassOrder(Enum):
    """How a version of Pillow decides which pass comes first.

    Pixels are rounded to 8 bits between the passes, so the order shows in the last bit. The newest rule stands first.
    """

    BY_REDUCTION = "vertical first where the height loses more than twice what the width loses (Pillow 13)"
    BY_HEIGHT = "vertical first where an image 100 times as tall as wide shrinks (Pillow 12.2 and 12.3)"
    HORIZONTAL = "horizontal first, always (before Pillow 12.2)"

    def is_vertical_first(self, size_px: tuple[int, int], resized_px: tuple[int, int]) -> bool:
        """Tell the order for one image; sizes are (width, height)."""
        (width_px, height_px), (resized_width_px, resized_height_px) = size_px, resized_px
        lost_px = height_px - resized_height_px
        if self is PassOrder.BY_REDUCTION:
            return lost_px > max(0, 2 * (width_px - resized_width_px))
        return self is PassOrder.BY_HEIGHT and lost_px > 0 and height_px > 100 * width_px


@dataclass(frozen=True, slots=True)
class CropPlan:
    """How one image's crop is made."""

    width_px: int
    """The original width: the distance from one row to the next."""
    is_vertical_first: bool
    across: Taps
    """For each column of the crop, the columns it is made of."""
    down: Taps
    """For each row of the crop, the rows it is made of."""

    @property
    def first_pass(self) -> Taps:
        """Return the taps of the pass that reads the original."""
        return self.down if self.is_vertical_first else self.across

    @property
    def lines(self) -> tuple[int, int]:
        """Return which lines the first pass runs over: the first column (else row), and the one behind the last."""
        return (self.across if self.is_vertical_first else self.down).span


def plan_crop(size_px: tuple[int, int], recipe: Recipe, order: PassOrder) -> CropPlan:
    """Plan the crop of an image of `size_px`, (width, height)."""
    resized_px = resized_size_px(size_px, recipe)
    across, down = (
        _side_taps(side, resized, recipe.crop_px, recipe.interpolation)
        for side, resized in zip(size_px, resized_px, strict=True)
    )
    return CropPlan(size_px[0], order.is_vertical_first(size_px, resized_px), across, down)


@functools.lru_cache(maxsize=1024)  # the sides of photographs repeat: 500, 375, 333
def _side_taps(side_px: int, resized_px: int, crop_px: int, interpolation: str) -> Taps:
    """Return the taps of the crop's samples along one side.

    A pass that would change nothing is left out by Pillow; here it copies. Where the crop reaches beyond the resized
    image the weights are zero, which makes the black border that Pillow's `crop` adds.
    """
    wanted = crop_offset_px(resized_px, crop_px) + np.arange(crop_px)
    inside = wanted.clip(0, resized_px - 1)
    taps = identity_taps(inside) if side_px == resized_px else line_taps(side_px, resized_px, inside, interpolation)
    return Taps(taps.first, taps.count, np.where((wanted == inside)[:, None], taps.weights, 0).astype(np.int32))


GROUP_PIXELS = 1 << 23
"""The most pixels of one intermediate result: bounds the memory beside the images to about 300 MB."""
GROUP_SPREAD = 1.25
"""How many times the taps or lines of a group's cheapest image its costliest may have: all are padded to that."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """One pass over n images: output pixel (i, y, x) is the sum over k of weights x pixels[base + steps]."""

    base: NDArray[np.int64]
    """The index of the line's pixel 0, shape (n, y or 1, x or 1)."""
    steps: NDArray[np.int64]
    """How far from there the k-th tap lies, shape (k, n, y or 1, x or 1)."""
    weights: NDArray[np.int32]
    """Of the same shape, with a last axis of 1 for the colours."""


def exact_crops(
    pixels: torch.Tensor, sizes_px: Sequence[tuple[int, int]], recipe: Recipe, order: PassOrder
) -> torch.Tensor:
    """Resize images and crop their centres as `imaging.crops` does, on the device where `pixels` lies.

    `pixels` is uint8 of shape (all pixels, 3): the RGB images one behind another, row by row; `sizes_px` are their
    (width, height). Returns uint8 of shape (n, crop, crop, 3). Nothing waits for the device. `order` is what
    `find_pass_order` found to be that of the installed Pillow.
    """
    plans = [plan_crop(size_px, recipe, order) for size_px in sizes_px]
    areas = np.array([width_px * height_px for width_px, height_px in sizes_px], np.int64)
    offsets = np.cumsum(areas) - areas
    crop_px = recipe.crop_px
    crops = torch.empty((len(plans), crop_px, crop_px, 3), dtype=torch.uint8, device=pixels.device)
    for members in _groups(plans):
        made = _crop_group(pixels, offsets[members], [plans[index] for index in members])
        crops.index_copy_(0, _on_device(np.array(members), pixels.device), made)
    return crops


def _groups(plans: Sequence[CropPlan]) -> Iterator[list[int]]:
    """Yield the indices of images that take the same order, about as many taps, and about as many lines."""
    kinds: dict[tuple[bool, int, int], list[int]] = {}
    for index, plan in enumerate(plans):
        first, behind = plan.lines
        kind = plan.is_vertical_first, _grade(plan.first_pass.weights.shape[1]), _grade(behind - first)
        kinds.setdefault(kind, []).append(index)
    for (_, _, grade), members in kinds.items():
        line_pixels = len(plans[members[0]].across.first)
        size = max(1, int(GROUP_PIXELS / (GROUP_SPREAD**grade * line_pixels)))
        yield from (members[start : start + size] for start in range(0, len(members), size))


def _grade(count: int) -> int:
    """Return a number that is the same for counts within GROUP_SPREAD of each other."""
    return math.ceil(math.log(count, GROUP_SPREAD))


def _crop_group(pixels: torch.Tensor, offsets: NDArray[np.int64], plans: Sequence[CropPlan]) -> torch.Tensor:
    """Return the crops of images that share an order of passes; `offsets` are the places of their first pixels."""
    columns, column_weights = _stack([plan.across for plan in plans])
    rows, row_weights = _stack([plan.down for plan in plans])
    widths = np.array([plan.width_px for plan in plans], np.int64)
    lines = _lines(plans)
    begin = np.arange(len(plans))[:, None]
    crop_px = columns.shape[2]
    if plans[0].is_vertical_first:
        columns = columns - lines[:, :1]  # counted from the first column that the first pass made
        first = _down(offsets[:, None] + lines, rows * widths[:, None], row_weights)
        second = _across((begin * crop_px + np.arange(crop_px)) * lines.shape[1], columns, column_weights)
    else:
        rows = rows - lines[:, :1]
        first = _across(offsets[:, None] + lines * widths[:, None], columns, column_weights)
        second = _down(begin * lines.shape[1] * crop_px + np.arange(crop_px), rows * crop_px, row_weights)
    return _run(_run(pixels, first).view(-1, 3), second)


def _lines(plans: Sequence[CropPlan]) -> NDArray[np.int64]:
    """Return the lines of each image that the first pass runs over, the last one repeated; shape (n, most lines)."""
    spans = np.array([plan.lines for plan in plans], np.int64)
    lines = spans[:, :1] + np.arange((spans[:, 1] - spans[:, 0]).max())
    return np.minimum(lines, spans[:, 1:] - 1)


def _stack(taps: Sequence[Taps]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the samples that are read, and their weights, both of shape (most taps, n, crop).

    Behind a sample's own taps the last one is read again, with a weight of zero: every index is one of the image.
    """
    most = max(one.weights.shape[1] for one in taps)
    first = np.stack([one.first for one in taps])
    last = first + np.stack([one.count for one in taps]) - 1
    samples = np.minimum(first + np.arange(most)[:, None, None], last)
    weights = np.zeros(samples.shape, np.int32)
    for index, one in enumerate(taps):
        weights[: one.weights.shape[1], index] = one.weights.T
    return samples, weights


def _across(base: NDArray[np.int64], columns: NDArray[np.int64], weights: NDArray[np.int32]) -> _Pass:
    """Run along rows: base of shape (n, rows), columns and weights of shape (k, n, crop)."""
    return _Pass(base[:, :, None], columns[:, :, None, :], weights[:, :, None, :, None])


def _down(base: NDArray[np.int64], steps: NDArray[np.int64], weights: NDArray[np.int32]) -> _Pass:
    """Run along columns: base of shape (n, columns), steps and weights of shape (k, n, crop)."""
    return _Pass(base[:, None, :], steps[:, :, :, None], weights[:, :, :, None, None])


def _run(pixels: torch.Tensor, one: _Pass) -> torch.Tensor:
    """Return the pass over `pixels`, uint8 of shape (p, 3), as uint8 of shape (n, y, x, 3)."""
    device = pixels.device
    # Half as much to read: an index of 32 bits reaches all but the largest batches.
    index_type = torch.int32 if len(pixels) < 2**31 else torch.int64
    base, steps = (_on_device(array, device).to(index_type) for array in (one.base, one.steps))
    weights = _on_device(one.weights, device)
    shape = (*np.broadcast_shapes(one.base.shape, one.steps.shape[1:]), 3)
    total = torch.full(shape, 1 << (PRECISION_BITS - 1), dtype=torch.int32, device=device)
    for step, weight in zip(steps, weights, strict=True):
        read = pixels.index_select(0, (base + step).flatten()).view(shape)
        total.add_(read * weight)
    return total.bitwise_right_shift_(PRECISION_BITS).clamp_(0, 255).to(torch.uint8)


def _on_device(array: NDArray[np.int64] | NDArray[np.int32], device: torch.device) -> torch.Tensor:
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)
