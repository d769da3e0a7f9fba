"""Buffers that pictures are decoded into, page-locked for a GPU, each used again once it is free."""

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from pwc_bench.core.variant import Recipe

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


_WAITING = 2
"""How many buffers may wait for the device at once before the next batch waits with them."""


@dataclass(slots=True)
class Slot:
    """One buffer: an array of uint8 crops for each recipe, page-locked where a GPU copies from it."""

    arrays: tuple[NDArray[np.uint8], ...]
    """For each recipe, of shape (capacity, crop_px, crop_px, 3)."""
    pictures: Pictures | None = None
    """Where whole images go that the device resizes; None where it does not."""
    copied: torch.cuda.Event | None = None
    """Passes when the device has taken what it was last given."""

    @property
    def capacity(self) -> int:
        """Return how many images fit."""
        return len(self.arrays[0])

    @property
    def is_free(self) -> bool:
        """Tell whether nothing reads from it any more."""
        return self.copied is None or self.copied.query()  # type: ignore[no-untyped-call]

    def row(self, number: int) -> list[NDArray[np.uint8]]:
        """Return where one image's crops go."""
        return [array[number] for array in self.arrays]

    def clear(self) -> None:
        """Forget the last batch."""
        if self.pictures is not None:
            self.pictures.clear()

    def keep(self, rows: Sequence[int]) -> None:
        """Move these rows, in rising order, to the front."""
        for array in self.arrays:
            for place, row in enumerate(rows):
                if place != row:
                    array[place] = array[row]


@dataclass(slots=True)
class Ring:
    """Lends buffers to batches. Its memory depends on the batch size and on how many batches are under way."""

    recipes: Sequence[Recipe]
    device: str
    """Where the batches are copied to: a torch device."""
    resizes: bool = False
    """Whether the device resizes, and whole images need a place."""
    _spare: deque[Slot] = field(default_factory=deque)
    """Given back, the longest ago first."""

    def take(self, images: int) -> Slot:
        """Return a buffer for so many images; waits for the device where too many buffers wait for it."""
        if self._spare and (self._spare[0].is_free or len(self._spare) >= _WAITING):
            slot = self._spare.popleft()
            if slot.copied is not None:
                slot.copied.synchronize()
            if slot.capacity >= images:
                slot.clear()
                return slot
        arrays = tuple(self._allocate(images, recipe.crop_px, recipe.crop_px) for recipe in self.recipes)
        return Slot(arrays, Pictures(self._allocate(picture_pixels(images))) if self.resizes else None)

    def give_back(self, slot: Slot) -> None:
        """Take back a buffer; what was put on the device's stream by now may still copy from it."""
        if self._is_cuda:
            slot.copied = torch.cuda.Event()  # type: ignore[no-untyped-call]
            slot.copied.record(torch.cuda.current_stream(self.device))
        self._spare.append(slot)

    @property
    def _is_cuda(self) -> bool:
        return torch.device(self.device).type == "cuda"

    def _allocate(self, *shape: int) -> NDArray[np.uint8]:
        array: NDArray[np.uint8] = torch.empty((*shape, 3), dtype=torch.uint8, pin_memory=self._is_cuda).numpy()
        return array
