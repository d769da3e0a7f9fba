"""What one image's crop takes: the order of the two passes, and the rows and columns that the crop needs."""

import functools
from dataclasses import dataclass
from enum import Enum

import numpy as np

from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.crop import crop_offset_px, resized_size_px
from pwc_bench.imaging.exact_resize.coefficients import Taps, identity_taps, line_taps


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
