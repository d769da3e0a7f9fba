"""A window of the resized image equals the same part of the whole, pixel for pixel."""

import random
from collections.abc import Iterator

import numpy as np
import PIL
import pytest
from PIL import Image

from pwc_bench.core.variant import Recipe
from pwc_bench.imaging import crop as resize
from pwc_bench.imaging.crop import Window, is_windowed, resized_size_px, resized_window

RECIPES = ((64, 56), (256, 224), (62, 56), (33, 24))
"""Shorter sides and crops: powers of two, where windows are exact, and others, where they are not."""


def sizes() -> Iterator[tuple[int, int]]:
    """Awkward and common sizes."""
    generator = random.Random(5)
    yield from ((400, 267), (320, 240), (500, 375), (375, 500), (64, 64), (1024, 33), (33, 300), (128, 128))
    for _ in range(150):
        yield generator.randint(30, 420), generator.randint(30, 420)
        yield generator.randint(1, 13) * 32, generator.randint(1, 13) * 32


def test_the_installed_pillow_allows_windows() -> None:
    """The check at first use passes here."""
    assert is_windowed()


@pytest.mark.parametrize("filter_", [Image.Resampling.BICUBIC, Image.Resampling.BILINEAR, Image.Resampling.LANCZOS])
def test_hundreds_of_sizes_equal_the_whole(filter_: Image.Resampling) -> None:
    """Landscape, portrait, square, enlarged, reduced, and shapes at which the passes change their order."""
    noise = np.random.default_rng(0).integers(0, 256, (1100, 1100, 3), dtype=np.uint8)
    smaller = 0
    for number, (width_px, height_px) in enumerate(sizes()):
        shorter_px, crop_px = RECIPES[number % len(RECIPES)]
        picture = Image.fromarray(noise[:height_px, :width_px])
        size_px = resized_size_px(picture.size, Recipe(key="r", resize_px=shorter_px))
        x, y = (Window((side_px - crop_px) // 2, crop_px) for side_px in size_px)
        part, (left, upper) = resized_window(picture, size_px, (x, y), filter_)
        smaller += part.size != size_px
        found = np.asarray(part)[upper.start_px :, left.start_px :][:crop_px, :crop_px]
        whole = np.asarray(picture.resize(size_px, filter_))[y.start_px :, x.start_px :][:crop_px, :crop_px]
        np.testing.assert_array_equal(found, whole, err_msg=f"{picture.size} to {size_px}")
    assert smaller > 80  # else nothing was tested


def test_a_window_beyond_the_image_takes_the_whole() -> None:
    """A crop that is larger than the resized image is padded by the caller."""
    part, windows = resized_window(
        Image.new("RGB", (40, 30)), (42, 32), (Window(-7, 56), Window(-12, 56)), Image.Resampling.BICUBIC
    )
    assert part.size == (42, 32)
    assert windows == (Window(-7, 56), Window(-12, 56))


@pytest.mark.skipif(int(PIL.__version__.split(".")[0]) < 13, reason="Pillow before 13 runs its passes in one order")
def test_windows_are_given_up_where_pillow_orders_its_passes_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check sees the passes' order: a rule that is not Pillow's does not pass it, and the whole is resized."""
    monkeypatch.setattr(resize, "_is_vertical_first", lambda size_px, target_px: False)
    is_windowed.cache_clear()
    try:
        assert not is_windowed()
        part, _ = resized_window(
            Image.new("RGB", (320, 240)), (341, 256), (Window(58, 224), Window(16, 224)), Image.Resampling.BICUBIC
        )
        assert part.size == (341, 256)
    finally:
        is_windowed.cache_clear()
