"""Pillow's antialiased resize and the centre crop on any torch device, bit for bit.

First `self_test(recipe, device)`: it says whether the installed Pillow is matched, and in which order it runs its
passes. Then `exact_crops(pixels, sizes_px, recipe, order)`. This package imports torch; `pwc_bench.imaging` does not.
"""

from pwc_bench.imaging.exact_resize.apply import PassOrder, exact_crops
from pwc_bench.imaging.exact_resize.selftest import SelfTest, self_test

__all__ = ["PassOrder", "SelfTest", "exact_crops", "self_test"]
