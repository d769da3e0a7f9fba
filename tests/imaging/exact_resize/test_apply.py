"""Crops made of integers on a torch device equal Pillow's, whatever the sizes."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.crop import resized_size_px
from pwc_bench.imaging.exact_resize import PassOrder, apply, exact_crops, self_test
from pwc_bench.imaging.exact_resize.apply import FILTERS
from pwc_bench.imaging.exact_resize.selftest import pillow_crop

RECIPE = Recipe(key="exact-40-32", resize_px=40, crop_px=32)


@pytest.fixture(scope="module")
def order() -> PassOrder:
    """The order of passes of the installed Pillow."""
    found = self_test(RECIPE, "cpu").order
    assert found is not None
    return found


def random_images(seed: int, recipe: Recipe, count: int) -> list[NDArray[np.uint8]]:
    """Noise of random sizes: any shape, about twice as tall as wide, one side resized already, and very thin."""
    random = np.random.default_rng(seed)
    images: list[NDArray[np.uint8]] = []
    while len(images) < count:
        most = int(random.choice((8, 40, 120, 400)))
        side, other = (int(value) for value in random.integers(1, most + 1, 2))
        near = recipe.resize_px + int(random.integers(-2, 3))
        thin = int(random.integers(1, 8)), int(random.integers(1, 800))
        sizes = (
            (side, other),
            (side, 2 * side + int(random.integers(-1, 4))),
            (near, other),
            (other, near),
            thin,
            thin[::-1],
        )
        width_px, height_px = (max(1, one) for one in sizes[int(random.integers(len(sizes)))])
        resized_px = resized_size_px((width_px, height_px), recipe)
        if resized_px[0] * resized_px[1] > 100_000:
            continue
        pixels = random.integers(0, 256, (height_px, width_px, 3), dtype=np.uint8)
        images.append(np.where(pixels < 128, 0, 255).astype(np.uint8) if random.integers(2) else pixels)
    return images


def made(images: Sequence[NDArray[np.uint8]], recipe: Recipe, order: PassOrder) -> NDArray[np.uint8]:
    """The crops of all images in one call."""
    pixels = torch.from_numpy(np.concatenate([image.reshape(-1, 3) for image in images]))
    return exact_crops(pixels, [image.shape[1::-1] for image in images], recipe, order).numpy()


def assert_equal_to_pillow(images: Sequence[NDArray[np.uint8]], recipe: Recipe, order: PassOrder) -> None:
    """Each image's crop is Pillow's, and the call says which size is not."""
    for image, crop in zip(images, made(images, recipe, order), strict=True):
        wanted = pillow_crop(Image.fromarray(image), recipe)
        np.testing.assert_array_equal(crop, wanted, err_msg=f"{image.shape} {recipe}")


@pytest.mark.parametrize("interpolation", FILTERS)
@pytest.mark.parametrize(("resize_px", "crop_px"), [(40, 32), (41, 32), (40, 40), (24, 30), (1, 1), (64, 5)])
def test_random_sizes_equal_pillow(resize_px: int, crop_px: int, interpolation: str, order: PassOrder) -> None:
    """Forty images of any size in one call: reduced, enlarged, thin, padded, cropped at odd and even places."""
    recipe = Recipe(key="any", resize_px=resize_px, crop_px=crop_px, interpolation=interpolation)
    assert_equal_to_pillow(random_images(resize_px * 100 + crop_px, recipe, 40), recipe, order)


def test_the_paper_s_recipe_equals_pillow(order: PassOrder) -> None:
    """The crops of 224 that records of accuracy are made of, from photographs' usual sizes."""
    recipe = Recipe(key="exact-256-224")
    random = np.random.default_rng(5)
    sizes_px = ((500, 375), (375, 500), (500, 333), (256, 256), (257, 515), (90, 60), (640, 1400))
    images = [random.integers(0, 256, (height, width, 3), dtype=np.uint8) for width, height in sizes_px]
    assert_equal_to_pillow(images, recipe, order)


def test_the_other_order_gives_other_pixels(order: PassOrder) -> None:
    """The order of the passes is no matter of taste: with the wrong one a tall image's crop differs."""
    random = np.random.default_rng(6)
    image = random.integers(0, 2, (400, 60, 3), dtype=np.uint8) * np.uint8(255)
    one, other = (made([image], RECIPE, rule) for rule in (PassOrder.BY_REDUCTION, PassOrder.HORIZONTAL))
    assert not np.array_equal(one, other)


def test_groups_bound_the_memory_and_keep_the_order(order: PassOrder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into groups of one or two, the images come back in their places."""
    monkeypatch.setattr(apply, "GROUP_PIXELS", 2 * 32 * 60)
    assert_equal_to_pillow(random_images(9, RECIPE, 30), RECIPE, order)


def test_no_image_makes_no_crop(order: PassOrder) -> None:
    """An empty batch is an empty result."""
    crops = exact_crops(torch.empty((0, 3), dtype=torch.uint8), [], RECIPE, order)
    assert crops.shape == (0, 32, 32, 3)


@pytest.mark.gpu
@pytest.mark.parametrize("interpolation", FILTERS)
def test_a_gpu_gives_the_same_bytes(interpolation: str, order: PassOrder) -> None:
    """On a CUDA device, with TF32 allowed, every crop is still Pillow's."""
    recipe = Recipe(key="exact-256-224", interpolation=interpolation)
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        images = random_images(3, recipe, 200)
        pixels = torch.from_numpy(np.concatenate([image.reshape(-1, 3) for image in images])).cuda()
        crops = exact_crops(pixels, [image.shape[1::-1] for image in images], recipe, order).cpu().numpy()
    finally:
        torch.backends.cuda.matmul.allow_tf32 = False
    for image, crop in zip(images, crops, strict=True):
        np.testing.assert_array_equal(crop, pillow_crop(Image.fromarray(image), recipe))
