"""Crops on any torch device, equal to Pillow's to the last bit: integers only, so a device's float modes do not matter.

Both passes are one operation: every output pixel adds up weighted input pixels that lie a fixed step apart. Images of
different sizes share it by their indices into one long row of pixels; those of similar cost go together.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.exact_resize.coefficients import PRECISION_BITS, Taps
from pwc_bench.imaging.exact_resize.plan import CropPlan, PassOrder, plan_crop

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
