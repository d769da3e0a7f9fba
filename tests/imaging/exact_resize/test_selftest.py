"""The self-test finds the installed Pillow's order of passes, follows other versions, and refuses all else."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pwc_bench.core.variant import CROP_MODES, Recipe
from pwc_bench.imaging.crop import resized_size_px
from pwc_bench.imaging.exact_resize import PassOrder, self_test
from pwc_bench.imaging.exact_resize.selftest import pillow_crop

RECIPE = Recipe(key="exact-40-32", resize_px=40, crop_px=32)


def resized_in_order(image: Image.Image, recipe: Recipe, order: PassOrder) -> NDArray[np.uint8]:
    """What a Pillow with this order makes: one real pass after the other, each by a resize of one side alone."""
    size_px = resized_size_px(image.size, recipe)
    filter_ = Image.Resampling[recipe.interpolation.upper()]
    is_vertical_first = order.is_vertical_first(image.size, size_px)
    between_px = (image.width, size_px[1]) if is_vertical_first else (size_px[0], image.height)
    return pillow_crop(image.resize(between_px, filter_).resize(size_px, filter_), recipe)


@pytest.mark.parametrize("crop_mode", CROP_MODES)
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "lanczos"])
def test_the_installed_pillow_is_matched(interpolation: str, crop_mode: str) -> None:
    """Every supported Pillow has one of the known orders."""
    recipe = Recipe(key="any", resize_px=40, crop_px=33, interpolation=interpolation, crop_mode=crop_mode)
    found = self_test(recipe, "cpu")
    assert found.order is not None
    assert found.failure is None


@pytest.mark.parametrize("order", PassOrder)
def test_each_order_is_recognised(order: PassOrder) -> None:
    """Whatever the version says of itself, the pixels tell the order."""
    assert self_test(RECIPE, "cpu", lambda image, recipe: resized_in_order(image, recipe, order)).order is order


def test_pixels_that_nobody_knows_are_refused_with_a_size() -> None:
    """A Pillow that resized by another filter would be found out; the reason names an image."""

    def reference(image: Image.Image, recipe: Recipe) -> NDArray[np.uint8]:
        return pillow_crop(image, Recipe(key="other", resize_px=40, crop_px=32, interpolation="hamming"))

    found = self_test(RECIPE, "cpu", reference)
    assert found.order is None
    assert found.failure is not None
    assert "are not those of Pillow" in found.failure
    assert "pixels" in found.failure


def test_a_single_wrong_pixel_is_enough_to_refuse() -> None:
    """One pixel of one image that is off by one: refused."""

    def reference(image: Image.Image, recipe: Recipe) -> NDArray[np.uint8]:
        crop = pillow_crop(image, recipe)
        if image.size == (37, 3):
            crop[0, 0, 0] ^= 1
        return crop

    found = self_test(RECIPE, "cpu", reference)
    assert found.order is None
    assert found.failure is not None
    assert "37 x 3 pixels" in found.failure


def test_an_unknown_filter_is_refused() -> None:
    """Nearest has no weights."""
    found = self_test(Recipe(key="nearest", interpolation="nearest"), "cpu")
    assert (found.order, found.failure) == (None, "nearest is none of bilinear, bicubic, lanczos")


def test_a_device_that_cannot_is_refused() -> None:
    """What the device says is the reason, in one line."""
    found = self_test(RECIPE, "meta")
    assert found.order is None
    assert found.failure is not None
    assert found.failure.startswith("meta cannot: ")
    assert "\n" not in found.failure


def test_images_beyond_the_recipe_s_limit_are_left_out() -> None:
    """The self-test resizes nothing that a run would refuse."""
    seen = []

    def reference(image: Image.Image, recipe: Recipe) -> NDArray[np.uint8]:
        seen.append(image.size)
        return pillow_crop(image, recipe)

    small = Recipe(key="small", resize_px=40, crop_px=32, max_resized_pixels=10_000)
    assert self_test(small, "cpu", reference).failure is None
    assert (41, 4101) not in seen
    assert (40, 41) in seen
