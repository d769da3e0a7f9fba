"""Crops equal torchvision's PIL transforms pixel for pixel, on every kind of file that ImageNet and the web hold."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from torchvision import transforms

from pwc_bench.core.errors import ImageError
from pwc_bench.core.variant import Recipe
from pwc_bench.imaging import crops, crops_into

RECIPES = (
    Recipe(key="exact-256-224"),
    Recipe.for_crop_fraction(224, 0.9),
    Recipe(key="small", resize_px=17, crop_px=30),
    Recipe(key="uneven", resize_px=33, crop_px=24, interpolation="bilinear"),
)

ORIENTATION_TAG = 0x0112

MODES = ("RGB", "L", "CMYK", "P", "LA", "RGBA", "1")


def noise(mode: str, width_px: int, height_px: int, seed: int = 0) -> Image.Image:
    """An image of smooth noise, so that the filter's every tap shows."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (max(2, height_px // 4), max(2, width_px // 4), 4), dtype=np.uint8)
    image = Image.fromarray(coarse, "RGBA").resize((width_px, height_px), Image.Resampling.BILINEAR)
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def encode(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """The image as a file of the given form."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def torchvision_crop(data: bytes, recipe: Recipe) -> NDArray[np.uint8]:
    """What torchvision makes of the file."""
    interpolation = transforms.InterpolationMode(recipe.interpolation)
    pipeline = transforms.Compose(
        [transforms.Resize(recipe.resize_px, interpolation=interpolation), transforms.CenterCrop(recipe.crop_px)]
    )
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(pipeline(image.convert("RGB")))


def assert_equal_to_torchvision(data: bytes) -> None:
    """Every recipe's crop is torchvision's."""
    for recipe, crop in zip(RECIPES, crops(data, "x", RECIPES), strict=True):
        np.testing.assert_array_equal(crop, torchvision_crop(data, recipe))


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_equals_torchvision(mode: str, form: str) -> None:
    """Colour, grey, CMYK, palette, alpha and one-bit files give torchvision's pixels."""
    image = noise(mode, 301, 200)
    if (mode, form) == ("CMYK", "PNG"):
        assert_equal_to_torchvision(encode(image, "JPEG", quality=92))
    else:
        assert_equal_to_torchvision(encode(image, form))


@pytest.mark.parametrize(
    "size_px",
    [(1, 1), (1, 40), (40, 1), (3, 200), (224, 224), (256, 256), (255, 257), (257, 255), (256, 301), (400, 248)],
)
def test_every_size_equals_torchvision(size_px: tuple[int, int]) -> None:
    """One pixel wide, very tall, square, odd, already resized and smaller than the crop: all as torchvision does it."""
    assert_equal_to_torchvision(encode(noise("RGB", *size_px)))


@pytest.mark.parametrize("width_px", range(230, 250))
def test_every_rounding_of_the_longer_side_equals_torchvision(width_px: int) -> None:
    """The longer side is cut off, not rounded, and the crop's offset is rounded half to even."""
    assert_equal_to_torchvision(encode(noise("RGB", width_px, 211), "BMP"))


def test_a_progressive_jpeg_with_subsampled_colour_equals_torchvision() -> None:
    """Progressive files are decoded like any other."""
    assert_equal_to_torchvision(encode(noise("RGB", 320, 241), "JPEG", quality=75, progressive=True, subsampling=2))


def test_an_exif_rotation_is_not_applied() -> None:
    """The orientation in the header is ignored, as timm ignores it."""
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 6
    image = noise("RGB", 320, 200)
    plain, rotated = encode(image, "JPEG"), encode(image, "JPEG", exif=exif)
    assert_equal_to_torchvision(rotated)
    np.testing.assert_array_equal(crops(plain, "x", RECIPES)[0], crops(rotated, "x", RECIPES)[0])


def test_sixteen_bit_grey_equals_torchvision() -> None:
    """A 16-bit PNG goes through PIL's own conversion."""
    values = np.random.default_rng(1).integers(0, 65536, (120, 97), dtype=np.uint16)
    assert_equal_to_torchvision(encode(Image.fromarray(values)))


@pytest.mark.filterwarnings("ignore:Palette images with Transparency")  # raised by the other side of the comparison
@pytest.mark.parametrize("transparency", [3, bytes(range(256))])
def test_a_transparent_palette_equals_torchvision(transparency: int | bytes) -> None:
    """One transparent colour and a whole alpha table are dropped, not blended."""
    assert_equal_to_torchvision(encode(noise("P", 90, 120), transparency=transparency))


@pytest.mark.parametrize("form", ["WEBP", "GIF"])
def test_web_formats_equal_torchvision(form: str) -> None:
    """WebP and GIF files (the first frame) are read as PIL reads them."""
    assert_equal_to_torchvision(encode(noise("RGB", 130, 77), form))


def test_crops_are_contiguous_writable_bytes() -> None:
    """A crop can be handed to torch without a copy and without a warning."""
    for recipe, crop in zip(RECIPES, crops(encode(noise("RGB", 300, 260)), "x", RECIPES), strict=True):
        assert crop.shape == (recipe.crop_px, recipe.crop_px, 3)
        assert crop.dtype == np.uint8
        assert crop.flags.c_contiguous
        assert crop.flags.writeable


def test_an_image_whose_resized_form_is_too_large_is_refused_by_name() -> None:
    """A strip of 1 x 1,000 pixels would become 65 million when its shorter side grows to 256."""
    with pytest.raises(ImageError, match=r"^strip.png: 1 x 1000 pixels become 256 x 256000 .* limit of 64,000,000"):
        crops(encode(noise("RGB", 1, 1000)), "strip.png", RECIPES[:1])


def test_many_threads_give_the_crops_of_one() -> None:
    """Threads share nothing."""
    files = [encode(noise("RGB", 200 + seed, 180, seed), "JPEG") for seed in range(24)]
    expected = [crops(data, "x", RECIPES) for data in files]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda data: crops(data, "x", RECIPES), files))
    for ours, theirs in zip(found, expected, strict=True):
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(mine, other)


def test_crops_are_written_into_given_arrays() -> None:
    """A batch's slots are filled in place; a file that is no good leaves them as they were."""
    data = encode(noise("RGB", 300, 260), "JPEG")
    slots = [np.full((recipe.crop_px, recipe.crop_px, 3), 7, np.uint8) for recipe in RECIPES]
    with pytest.raises(ImageError):
        crops_into(data[:300], "x", RECIPES, slots)
    assert all((slot == 7).all() for slot in slots)
    crops_into(data, "x", RECIPES, slots)
    for slot, crop in zip(slots, crops(data, "x", RECIPES), strict=True):
        np.testing.assert_array_equal(slot, crop)
