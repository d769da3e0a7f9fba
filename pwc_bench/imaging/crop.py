"""Pixels to crops: torchvision's `Resize` and `CenterCrop` on a PIL image, with its every rounding.

Both are written out here, since importing torchvision for them would make each reading thread's process wait for torch.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pwc_bench.core.errors import ImageError
from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.decode import open_header, to_rgb
from pwc_bench.imaging.resize import Window, resized_window


def crops(data: bytes, name: str, recipes: Sequence[Recipe]) -> list[NDArray[np.uint8]]:
    """Decode an image once and return its crop for each recipe, in order.

    Each crop is uint8, C-contiguous, writable, of shape (crop_px, crop_px, 3). For errors see `crops_into`.
    """
    targets = [np.empty((recipe.crop_px, recipe.crop_px, 3), dtype=np.uint8) for recipe in recipes]
    crops_into(data, name, recipes, targets)
    return targets


def crops_into(data: bytes, name: str, recipes: Sequence[Recipe], targets: Sequence[NDArray[np.uint8]]) -> None:
    """Decode an image once and write its crop for each recipe into the array of shape (crop_px, crop_px, 3) beside it.

    Raises ImageError, naming the image by `name`, where it cannot be decoded, or where it or its resized form is larger
    than its limit: both are seen in the header, before memory is taken for a pixel. The arrays are then as they were.
    """
    crop_into(decode_for(data, name, recipes), recipes, targets)


def decode_for(data: bytes, name: str, recipes: Sequence[Recipe]) -> Image.Image:
    """Decode an image that is to be cropped by `recipes`: mode RGB. For errors see `crops_into`."""
    image = open_header(data, name)
    for recipe in recipes:
        _check_resized_size(image.size, recipe, name)
    return to_rgb(image, data, name)


def crop_into(pixels: Image.Image, recipes: Sequence[Recipe], targets: Sequence[NDArray[np.uint8]]) -> None:
    """Write the crop of a decoded image for each recipe into the array beside it."""
    for recipe, target in zip(recipes, targets, strict=True):
        target[...] = _crop(pixels, recipe)


def resized_size_px(size_px: tuple[int, int], recipe: Recipe) -> tuple[int, int]:
    """Return (width, height) after `recipe` has resized an image; the longer side is rounded down."""
    (width_px, height_px), shorter_px = size_px, recipe.resize_px
    if recipe.crop_mode == "squash":
        return shorter_px, shorter_px
    if width_px <= height_px:
        return shorter_px, int(shorter_px * height_px / width_px)
    return int(shorter_px * width_px / height_px), shorter_px


def _check_resized_size(size_px: tuple[int, int], recipe: Recipe, name: str) -> None:
    width_px, height_px = resized_size_px(size_px, recipe)
    if width_px * height_px > recipe.max_resized_pixels:
        raise ImageError(
            f"{name}: {size_px[0]} x {size_px[1]} pixels become {width_px} x {height_px} when resized, more than the "
            f"limit of {recipe.max_resized_pixels:,}; crop the image or leave it out"
        )


def _crop(pixels: Image.Image, recipe: Recipe) -> NDArray[np.uint8]:
    size_px = resized_size_px(pixels.size, recipe)
    x, y = (Window(crop_offset_px(side_px, recipe.crop_px), recipe.crop_px) for side_px in size_px)
    if size_px != pixels.size:
        pixels, (x, y) = resized_window(pixels, size_px, (x, y), Image.Resampling[recipe.interpolation.upper()])
    # Pillow fills with zeros what a box reaches beyond the image, which is how torchvision pads.
    return np.asarray(pixels.crop((x.start_px, y.start_px, x.start_px + x.length_px, y.start_px + y.length_px)))


def crop_offset_px(side_px: int, crop_px: int) -> int:
    """Return where the centre crop begins on a side; negative where the crop is longer than the side."""
    if side_px < crop_px:
        return -((crop_px - side_px) // 2)
    return round((side_px - crop_px) / 2)
