"""Whether `exact_crops` equals the installed Pillow on a device: tried on awkward images, never assumed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, __version__

from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.crop import crop_offset_px, resized_size_px
from pwc_bench.imaging.exact_resize.apply import FILTERS, PassOrder, exact_crops

Reference: TypeAlias = Callable[[Image.Image, Recipe], NDArray[np.uint8]]
"""Makes the crop of an RGB image."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What came out: the order of passes under which every crop was equal, or why there is none."""

    order: PassOrder | None
    failure: str | None
    """One phrase; None where an order was found."""


def pillow_crop(image: Image.Image, recipe: Recipe) -> NDArray[np.uint8]:
    """Return the crop of an RGB image by Pillow's plainest calls: resize the whole of it, then cut the centre out."""
    resized = image.resize(resized_size_px(image.size, recipe), Image.Resampling[recipe.interpolation.upper()])
    left_px, top_px = (crop_offset_px(side_px, recipe.crop_px) for side_px in resized.size)
    return np.array(resized.crop((left_px, top_px, left_px + recipe.crop_px, top_px + recipe.crop_px)))


def self_test(recipe: Recipe, device: str, reference: Reference = pillow_crop) -> SelfTest:
    """Compare the crops of `recipe` made on `device` with those of `reference`, the installed Pillow's.

    The sizes cover reducing and enlarging, sides of one pixel, very tall and very wide images, a side that stays as it
    is, both parities of the crop's place, and both sides of the sizes at which a known Pillow changes the order of its
    passes; the pixels are noise, and noise of black and white alone. Takes some seconds on a CPU.
    """
    if recipe.interpolation not in FILTERS:
        return SelfTest(None, f"{recipe.interpolation} is none of {', '.join(FILTERS)}")
    images = list(_images(recipe))
    wanted = [reference(Image.fromarray(image), recipe) for image in images]
    reasons = []
    for order in PassOrder:
        try:
            made = _crops(images, recipe, device, order)
        except (RuntimeError, NotImplementedError) as error:  # what torch raises where a device has no such operation
            return SelfTest(None, f"{device} cannot: {str(error).strip().splitlines()[0]}")
        unequal = [
            image for image, one, other in zip(images, made, wanted, strict=True) if not np.array_equal(one, other)
        ]
        if not unequal:
            return SelfTest(order, None)
        reasons.append((len(unequal), unequal[0].shape))
    count, (height_px, width_px, _) = min(reasons)
    return SelfTest(
        None,
        f"{count} of {len(images)} crops on {device} are not those of Pillow {__version__}, "
        f"first of an image of {width_px} x {height_px} pixels",
    )


def _crops(images: Sequence[NDArray[np.uint8]], recipe: Recipe, device: str, order: PassOrder) -> NDArray[np.uint8]:
    pixels = torch.from_numpy(np.concatenate([image.reshape(-1, 3) for image in images])).to(device)
    sizes_px = [(image.shape[1], image.shape[0]) for image in images]
    return exact_crops(pixels, sizes_px, recipe, order).cpu().numpy()


def _images(recipe: Recipe) -> Iterator[NDArray[np.uint8]]:
    """Yield images whose resized forms are within the recipe's limit."""
    noise = np.random.default_rng(0).integers(0, 256, 99_991, dtype=np.uint8)  # a prime: no two rows repeat in step
    for width_px, height_px in _sizes_px(recipe.resize_px):
        resized_width_px, resized_height_px = resized_size_px((width_px, height_px), recipe)
        if resized_width_px * resized_height_px > recipe.max_resized_pixels:
            continue
        grey = np.resize(noise, (height_px, width_px, 3))
        yield grey
        yield np.where(grey < 128, np.uint8(0), np.uint8(255))


def _sizes_px(side: int) -> Iterator[tuple[int, int]]:
    """Yield (width, height) around what is awkward when the shorter side becomes `side`."""
    yield from ((side, side), (side, side + 1), (side + 1, side), (side, 3 * side), (side + 2, side))
    yield from ((1, 1), (1, 9), (9, 1), (2, 37), (37, 3))
    yield from ((side // 2 + 1, side), (side // 3 + 1, side // 2 + 1), (side + 13, 2 * side - 1))
    yield from ((3 * side + 1, 2 * side + 2), (2 * side + 1, 2 * side + 1), (5 * side + 3, 4 * side), (12 * side, side))
    # Where Pillow 13 turns the order round: the height loses twice what the width loses, and one pixel more.
    yield from ((2 * side, 4 * side), (2 * side, 4 * side + 1), (side + 1, 2 * side + 2), (side + 1, 2 * side + 3))
    # Where Pillow 12.2 did: taller than 100 times the width.
    yield from ((side + 1, 100 * side + 100), (side + 1, 100 * side + 101))
