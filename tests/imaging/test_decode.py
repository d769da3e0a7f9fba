"""Decoding: PIL's pixels, and one clear error for every file that is no good image."""

import io
import re
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from pwc_bench.core.errors import ImageError
from pwc_bench.imaging import decode, decoder_name
from tests.imaging.test_crop import encode, noise


def png_header(width_px: int, height_px: int) -> bytes:
    """A PNG that promises a size and holds hardly a pixel."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0")))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def test_pixels_are_those_of_pil() -> None:
    """The result is PIL's own conversion to RGB."""
    data = encode(noise("CMYK", 61, 47), "JPEG")
    image = decode(data, "x.jpg")
    assert image.mode == "RGB"
    with Image.open(io.BytesIO(data)) as opened:
        np.testing.assert_array_equal(np.asarray(image), np.asarray(opened.convert("RGB")))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<html>not found</html>", "not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", "not an image"),
        (encode(noise("RGB", 200, 200), "JPEG")[:900], "the image is damaged"),
        (encode(noise("RGB", 200, 200), "PNG")[:300], "damaged"),
        (encode(noise("RGB", 20, 20), "JPEG")[:40], "damaged|not an image"),
        (encode(noise("RGB", 64, 64), "TIFF")[:60], "damaged|not an image"),
    ],
)
def test_a_file_that_is_no_good_image_is_named(data: bytes, reason: str) -> None:
    """Empty, foreign, truncated and corrupt files end in one line that begins with their name."""
    with pytest.raises(ImageError, match=rf"^n01440764/x.JPEG: .*({reason})") as caught:
        decode(data, "n01440764/x.JPEG")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("side_px", [9_500, 14_000])
def test_a_decompression_bomb_is_refused_from_its_header(side_px: int) -> None:
    """An image above the limit, or so far above it that Pillow refuses it first, is told in our own words."""
    with pytest.raises(
        ImageError, match=r"^bomb.png: .*pixels.* than the limit of 89,478,485; make the image smaller or leave it out$"
    ):
        decode(png_header(side_px, side_px), "bomb.png")


def test_pillow_warnings_do_not_leak_from_any_thread() -> None:
    """An odd file that makes Pillow warn is decoded in silence, in all threads at once."""
    data = encode(noise("P", 40, 40), transparency=bytes(range(256)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with ThreadPoolExecutor(8) as pool:
            images = list(pool.map(lambda _: decode(data, "x"), range(64)))
    assert len(images) == 64
    assert caught == []


def test_the_decoder_is_named_with_its_jpeg_library() -> None:
    """Pixels depend on the JPEG library, so its version belongs to the environment."""
    assert re.fullmatch(r"simplejpeg [\d.]+, checked against Pillow [\d.]+ \(libjpeg-turbo [\d.]+\)", decoder_name())
