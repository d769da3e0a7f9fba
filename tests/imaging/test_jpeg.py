"""The fast JPEG decoder takes what it decodes to Pillow's very pixels, and leaves all else to Pillow."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from pwc_bench.core.errors import ImageError
from pwc_bench.imaging import decode
from pwc_bench.imaging.decode import fast_rgb, is_fast
from tests.imaging.test_crop import encode, noise


def opened(data: bytes) -> Image.Image:
    """The file with its header read."""
    return Image.open(io.BytesIO(data))


def taken(data: bytes) -> Image.Image | None:
    """What the fast decoder makes of the file."""
    return fast_rgb(data, opened(data))


def assert_equal_to_pillow(data: bytes) -> None:
    """Both ways give the same pixels."""
    np.testing.assert_array_equal(np.asarray(decode(data, "x")), np.asarray(opened(data).convert("RGB")))


def adobe_rgb() -> bytes:
    """A JPEG that stores R, G and B as such, as its Adobe segment says."""
    plain = encode(noise("RGB", 40, 30), "JPEG", subsampling=0, keep_rgb=True)
    assert simplejpeg.decode_jpeg_header(plain)[2] == "RGB"
    return plain


def test_the_decoder_agrees_with_the_installed_pillow() -> None:
    """The check at first use passes here, so that the other tests test something."""
    assert is_fast()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("quality", [12, 75, 100])
def test_colour_equals_pillow(quality: int, subsampling: int, progressive: bool) -> None:
    """Every sampling, quality and order of scans, at odd sizes."""
    for seed, size_px in enumerate(((1, 1), (7, 200), (211, 3), (97, 61), (128, 64))):
        picture = noise("RGB", *size_px, seed)
        data = encode(picture, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
        assert taken(data) is not None
        assert_equal_to_pillow(data)


@pytest.mark.parametrize("sampling", ["440", "411"])
def test_rare_samplings_equal_pillow(sampling: str) -> None:
    """Pillow writes no such files, cameras do."""
    data = simplejpeg.encode_jpeg(np.array(noise("RGB", 99, 71)), 80, colorsubsampling=sampling)
    assert taken(data) is not None
    assert_equal_to_pillow(data)


def test_grey_equals_pillow() -> None:
    """One component becomes three."""
    data = encode(noise("L", 75, 50), "JPEG")
    image = taken(data)
    assert image is not None
    assert image.mode == "RGB"
    assert_equal_to_pillow(data)


def test_a_progressive_file_that_ends_early_equals_pillow() -> None:
    """What its last scan would have said is smoothed over in the same way."""
    data = encode(noise("RGB", 90, 64), "JPEG", progressive=True)
    early = data[: data.rindex(b"\xff\xda")] + b"\xff\xd9"
    assert_equal_to_pillow(early)


@pytest.mark.parametrize(
    "data",
    [
        encode(noise("CMYK", 40, 30), "JPEG"),
        adobe_rgb(),
        encode(noise("RGB", 40, 30), "PNG"),
        encode(noise("RGB", 40, 30), "WEBP"),
    ],
    ids=["cmyk", "rgb", "png", "webp"],
)
def test_other_files_are_left_to_pillow(data: bytes) -> None:
    """CMYK, RGB stored as such, and every other format."""
    assert taken(data) is None
    assert_equal_to_pillow(data)


def test_frames_of_rare_kinds_are_left_to_pillow() -> None:
    """A lossless or arithmetic-coded frame, 12 bits or two components are seen in the frame's header."""
    data = bytearray(encode(noise("RGB", 40, 30), "JPEG"))
    frame = data.index(b"\xff\xc0")
    for place, value in ((1, 0xC3), (1, 0xC9), (4, 12), (9, 2)):
        changed = data.copy()
        changed[frame + place] = value
        assert fast_rgb(bytes(changed), opened(bytes(data))) is None
    assert fast_rgb(bytes(data[:frame]), opened(bytes(data))) is None
    assert fast_rgb(b"\xff\xd8\xff\xda" + bytes(20), opened(bytes(data))) is None


def damaged_files() -> Iterator[bytes]:
    """Cut in the middle, without its end, and with single bits turned over."""
    data = encode(noise("RGB", 120, 90), "JPEG", quality=90)
    yield data[: len(data) // 2]
    yield data[:-2]
    generator = np.random.default_rng(3)
    start = data.index(b"\xff\xda") + 20
    for _ in range(60):
        changed = bytearray(data)
        changed[int(generator.integers(start, len(data) - 2))] ^= 1 << int(generator.integers(8))
        yield bytes(changed)


def test_a_damaged_file_gives_what_pillow_gives() -> None:
    """Pillow's pixels where it mends what is damaged, an error where it refuses."""
    refused = 0
    for data in damaged_files():
        try:
            expected = np.asarray(opened(data).convert("RGB"))
        except OSError:
            refused += 1
            with pytest.raises(ImageError, match="damaged"):
                decode(data, "x")
        else:
            np.testing.assert_array_equal(np.asarray(decode(data, "x")), expected)
    assert 0 < refused < 60


def test_a_decoder_that_disagrees_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check compares pixels: another upsampling does not pass it."""
    exact = simplejpeg.decode_jpeg
    monkeypatch.setattr(
        simplejpeg, "decode_jpeg", lambda data, *rest, **options: exact(data, *rest, **options | {"fastupsample": True})
    )
    is_fast.cache_clear()
    try:
        assert not is_fast()
        assert taken(encode(noise("RGB", 40, 30), "JPEG")) is None
    finally:
        is_fast.cache_clear()


def test_pixels_outlive_the_file() -> None:
    """The image owns the memory that it shares with the decoder's array."""
    data = encode(noise("RGB", 300, 200), "JPEG")
    images = [decode(data, "x") for _ in range(20)]
    expected = np.asarray(opened(data).convert("RGB"))
    for image in images:
        np.testing.assert_array_equal(np.asarray(image), expected)
