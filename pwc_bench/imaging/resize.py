"""Resizing no more than a crop needs, where that provably changes no pixel.

Pillow resizes in two passes, one for each axis, and each pass weighs the pixels around the place where an output
pixel's centre falls in the input. A window of the output is asked for by the part of the input that it stands on
(`box`, two 32-bit floats an axis). In general these floats are rounded, the centres move by a hair, and now and then a
pixel differs. But where the scale is a fraction whose denominator is a power of two, as for every image whose shorter
side becomes 256, all numbers on the way are exact: then the window's centres, and with them its weights and pixels, are
those of the whole. The passes also have to run in the same order, which Pillow 13 chooses by the sizes. All this is
checked once against the Pillow that is installed, and given up where it does not hold.
"""

import functools
from typing import NamedTuple

import numpy as np
from PIL import Image

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
