"""Pixels to crops: torchvision's `Resize` and `CenterCrop` on a PIL image, with its every rounding.

Both are written out here, since importing torchvision for them would make each reading thread's process wait for torch.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pwc_bench.core.errors import ImageError
from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.decode import open_header, to_rgb

_MAX_SIDE_PX = 1 << 14
"""Sides below this, times 1,024, fit into the 24 bits of a 32-bit float."""
_MAX_DENOMINATOR = 1 << 10


class Window(NamedTuple):
    """A part of one axis of the resized image: `start_px` to `start_px + length_px`."""

    start_px: int
    length_px: int


def resized_window(
    pixels: Image.Image, size_px: tuple[int, int], windows: tuple[Window, Window], filter_: Image.Resampling
) -> tuple[Image.Image, tuple[Window, Window]]:
    """Resize an image to (width, height) `size_px`, as far as the `windows` of its axes x and y need it.

    Returns the resized part and the windows' places within it: a window that cannot be had by itself without a change
    of some pixel stays inside its whole axis. Windows may reach beyond the image, which then is resized whole.
    """
    if not is_windowed():
        return pixels.resize(size_px, filter_), windows
    return _resized(pixels, size_px, windows, filter_)


@functools.cache
def is_windowed() -> bool:
    """Tell whether windows equal the whole under the installed Pillow, on shapes that turn the passes' order."""
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    window = Window(2, 28)
    for width_px, height_px in ((32, 200), (200, 32), (47, 61), (40, 40), (96, 130), (33, 36), (100, 75), (40, 30)):
        picture = Image.fromarray(noise[:height_px, :width_px])
        shorter_px = min(width_px, height_px)
        size_px = (32 * width_px // shorter_px, 32 * height_px // shorter_px)
        whole = picture.resize(size_px, Image.Resampling.BICUBIC).crop((2, 2, 30, 30))
        part, (x, y) = _resized(picture, size_px, (window, window), Image.Resampling.BICUBIC)
        box = (x.start_px, y.start_px, x.start_px + 28, y.start_px + 28)
        if part.crop(box).tobytes() != whole.tobytes():
            return False
    return True


def _resized(
    pixels: Image.Image, size_px: tuple[int, int], windows: tuple[Window, Window], filter_: Image.Resampling
) -> tuple[Image.Image, tuple[Window, Window]]:
    parts = [_part(*axis) for axis in zip(pixels.size, size_px, windows, strict=True)]
    target_px = (parts[0].length_px, parts[1].length_px)
    if _is_vertical_first(pixels.size, target_px) != _is_vertical_first(pixels.size, size_px):
        parts, target_px = [Window(0, length_px) for length_px in size_px], size_px
    (left, right), (upper, lower) = (_edges(*axis) for axis in zip(parts, pixels.size, size_px, strict=True))
    resized = pixels.resize(target_px, filter_, box=(left, upper, right, lower))
    x, y = (Window(w.start_px - p.start_px, w.length_px) for w, p in zip(windows, parts, strict=True))
    return resized, (x, y)


def _part(side_px: int, resized_px: int, window: Window) -> Window:
    """Return what of one axis has to be resized: the window where it is exact by itself, else all."""
    lies_inside = window.start_px >= 0 and window.start_px + window.length_px <= resized_px
    return window if lies_inside and _is_exact(side_px, resized_px) else Window(0, resized_px)


def _is_exact(side_px: int, resized_px: int) -> bool:
    """Tell whether side / resized is a fraction whose denominator is a small power of two."""
    power_of_two = resized_px & -resized_px
    return side_px % (resized_px // power_of_two) == 0 and power_of_two <= _MAX_DENOMINATOR and side_px < _MAX_SIDE_PX


def _edges(part: Window, side_px: int, resized_px: int) -> tuple[float, float]:
    """Return where a part of the output begins and ends in the input; exact for all that `_part` returns."""
    end_px = part.start_px + part.length_px
    return part.start_px * side_px / resized_px, end_px * side_px / resized_px


def _is_vertical_first(size_px: tuple[int, int], target_px: tuple[int, int]) -> bool:
    """Tell in which order Pillow 13 resizes: rows first where they shrink by more than twice what columns do."""
    fewer_columns, fewer_rows = size_px[0] - target_px[0], size_px[1] - target_px[1]
    return fewer_rows > 0 and fewer_rows > 2 * fewer_columns


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
