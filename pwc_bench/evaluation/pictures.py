"""Whole decoded images on their way to a device that resizes them itself: one bounded buffer a batch."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_PIXELS_PER_IMAGE = 350_000
"""Room for each image of a batch, shared by all: about twice what ImageNet's have on average."""
_MOST_PIXELS = 1 << 27
"""The largest buffer, 384 MiB; a few of them are under way at once."""


def picture_pixels(images: int) -> int:
    """Return how many pixels the buffer for so many images has."""
    return min(images * _PIXELS_PER_IMAGE, _MOST_PIXELS)


@dataclass(frozen=True, slots=True)
class WholeImages:
    """The images of one batch that the device is to resize. The array is lent as the batch's others are."""

    pixels: NDArray[np.uint8]
    """Shape (pixels of all, 3): the images one behind another, row by row."""
    rows: tuple[int, ...]
    """The place of each within the batch."""
    sizes_px: tuple[tuple[int, int], ...]
    """The (width, height) of each."""


@dataclass(slots=True)
class Pictures:
    """A buffer that many threads fill with images, in the order in which they come."""

    pixels: NDArray[np.uint8]
    """Shape (capacity, 3)."""
    _sizes_px: dict[int, tuple[int, int]] = field(default_factory=dict)
    """(width, height) by row, in the order in which the images lie in the buffer."""
    _used: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, row: int, picture: Image.Image) -> bool:
        """Copy a picture of mode RGB; False, and nothing done, where there is no room for it."""
        count = picture.width * picture.height
        with self._lock:
            start, behind = self._used, self._used + count
            if behind > len(self.pixels):
                return False
            self._used = behind
            self._sizes_px[row] = picture.size
        self.pixels[start:behind] = np.asarray(picture).reshape(-1, 3)
        return True

    def whole_images(self, places: Mapping[int, int]) -> WholeImages:
        """Return what is in the buffer; `places` maps a row to its place among those that could be decoded."""
        rows = tuple(places[row] for row in self._sizes_px)
        return WholeImages(self.pixels[: self._used], rows, tuple(self._sizes_px.values()))

    def clear(self) -> None:
        """Make room for the next batch."""
        self._sizes_px.clear()
        self._used = 0
