"""Pixels to crops: torchvision's `Resize` and `CenterCrop` on a PIL image, with its every rounding.

Both are written out here, since importing torchvision for them would make each reading thread's process wait for torch.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pwc_bench.core.errors import ImageError
from pwc_bench.core.recipe import Recipe
from pwc_bench.imaging.decode import open_header, to_rgb

__all__ = ["crops", "resized_size_px"]


def crops(data: bytes, name: str, recipes: Sequence[Recipe]) -> list[NDArray[np.uint8]]:
    """Decode an image once and return its crop for each recipe, in order.

    Each crop is uint8, C-contiguous, writable, of shape (crop_px, crop_px, 3). Raises ImageError, naming the image by
    `name`, where it cannot be decoded, or where it or its resized form is larger than its limit: both are seen in the
    header, before memory is taken for a pixel.
    """
    image = open_header(data, name)
    for recipe in recipes:
        _check_resized_size(image.size, recipe, name)
    pixels = to_rgb(image, name)
    return [_centre_crop(_resize(pixels, recipe), recipe.crop_px) for recipe in recipes]


def resized_size_px(size_px: tuple[int, int], shorter_px: int) -> tuple[int, int]:
    """Return (width, height) after the shorter side has become `shorter_px`; the longer one is rounded down."""
    width_px, height_px = size_px
    if width_px <= height_px:
        return shorter_px, int(shorter_px * height_px / width_px)
    return int(shorter_px * width_px / height_px), shorter_px


def _check_resized_size(size_px: tuple[int, int], recipe: Recipe, name: str) -> None:
    width_px, height_px = resized_size_px(size_px, recipe.resize_px)
    if width_px * height_px > recipe.max_resized_pixels:
        raise ImageError(
            f"{name}: {size_px[0]} x {size_px[1]} pixels become {width_px} x {height_px} when resized, more than the "
            f"limit of {recipe.max_resized_pixels:,}; crop the image or leave it out"
        )


def _resize(pixels: Image.Image, recipe: Recipe) -> Image.Image:
    size_px = resized_size_px(pixels.size, recipe.resize_px)
    if size_px == pixels.size:
        return pixels
    return pixels.resize(size_px, Image.Resampling[recipe.interpolation.upper()])


def _centre_crop(pixels: Image.Image, crop_px: int) -> NDArray[np.uint8]:
    left_px, top_px = (_crop_offset_px(side_px, crop_px) for side_px in pixels.size)
    # Pillow fills with zeros what a box reaches beyond the image, which is how torchvision pads.
    box = (left_px, top_px, left_px + crop_px, top_px + crop_px)
    return np.array(pixels.crop(box), dtype=np.uint8, order="C")


def _crop_offset_px(side_px: int, crop_px: int) -> int:
    if side_px < crop_px:
        return -((crop_px - side_px) // 2)
    return round((side_px - crop_px) / 2)
