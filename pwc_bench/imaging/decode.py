"""Encoded bytes to RGB pixels, exactly as `PIL.Image.open(...).convert("RGB")` gives them.

An EXIF orientation is not applied (timm and torchvision do not apply it either), and an alpha channel is dropped, not
blended: both decide accuracy, so both stay as the field does them.
"""

import functools
import io
import re
import warnings
from importlib.metadata import version

import numpy as np
import pyarrow as pa
import simplejpeg
from PIL import Image, UnidentifiedImageError, __version__, features

from pwc_bench.core.errors import ImageError

_FRAMES = (0xC0, 0xC1, 0xC2)
"""Baseline, extended and progressive frames, Huffman-coded. The others (lossless, arithmetic) are left to Pillow."""

_BITS = 8
_COLOURS = {"YCbCr": 3, "Gray": 1}
"""What is taken, with its number of components. CMYK and RGB stored as such are left to Pillow."""

_SAMPLINGS = ("444", "422", "420", "440", "411", "Gray")


def fast_rgb(data: bytes, header: Image.Image) -> Image.Image | None:
    """Decode `data`, whose header Pillow has read as `header`, to Pillow's very pixels in mode RGB.

    None where the file is of another kind, where anything in it is damaged (Pillow then says what it thinks of it), or
    where the decoder failed its check against the Pillow that is installed.
    """
    if header.format != "JPEG" or not is_fast():
        return None
    return _decode(data)


@functools.cache
def is_fast() -> bool:
    """Tell whether simplejpeg gives the pixels of the installed Pillow on a few files that are made for the purpose."""
    return all(_agrees(data) for data in _samples())


def _decode(data: bytes) -> Image.Image | None:
    if not _has_common_frame(data):
        return None
    try:
        _, _, colours, sampling = simplejpeg.decode_jpeg_header(data)
        if colours not in _COLOURS or sampling not in _SAMPLINGS:
            return None
        # Any warning of the library is an error here ("strict"), so that odd files are seen by Pillow alone.
        return _adopt(simplejpeg.decode_jpeg(data, "RGBX", fastdct=False, fastupsample=False, strict=True))
    except (ValueError, KeyError, RuntimeError):
        return None


def _has_common_frame(data: bytes) -> bool:
    """Walk to the frame's header, and tell whether it is of a common kind, with 8 bits and 1 or 3 components."""
    place = 2
    while place + 10 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in _FRAMES:
            return data[place + 4] == _BITS and data[place + 9] in _COLOURS.values()
        if marker < 0xC0 or 0xD0 <= marker <= 0xDA:  # data, or a marker that has no length
            return False
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return False


def _adopt(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Image.Image:
    """Make an image of an array of shape (height, width, 4) that shares its memory; the fourth byte says nothing."""
    height_px, width_px = pixels.shape[:2]
    flat = pa.Array.from_buffers(pa.uint8(), pixels.size, [None, pa.py_buffer(pixels)])
    return Image.fromarrow(pa.FixedSizeListArray.from_arrays(flat, 4), "RGB", (width_px, height_px))


def _agrees(data: bytes) -> bool:
    found = _decode(data)
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        return found is not None and np.array_equal(np.asarray(found), np.asarray(image.convert("RGB")))


def _samples() -> list[bytes]:
    """Encode one small noisy picture in every way that is taken: sampling, quality, progression, odd sides, grey."""
    generator = np.random.default_rng(0)
    samples = []
    for width_px, height_px in ((61, 47), (64, 48), (17, 33), (1, 1)):
        coarse = generator.integers(0, 256, (max(1, height_px // 3), max(1, width_px // 3), 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((width_px, height_px), Image.Resampling.BICUBIC)
        for subsampling in (0, 1, 2):
            samples.append(_encoded(picture, quality=85, subsampling=subsampling))
            samples.append(_encoded(picture, quality=30, subsampling=subsampling, progressive=True))
        samples += [
            _encoded(picture.convert("L"), quality=90),
            _without_last_scan(_encoded(picture, quality=80, progressive=True)),
            *(simplejpeg.encode_jpeg(np.array(picture), 85, colorsubsampling=name) for name in ("440", "411")),
        ]
    return samples


def _encoded(picture: Image.Image, *, quality: int, subsampling: int = 0, progressive: bool = False) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
    return buffer.getvalue()


def _without_last_scan(data: bytes) -> bytes:
    """End a progressive file early: what is missing is smoothed over, which is a matter of taste between decoders."""
    return data[: data.rindex(b"\xff\xda")] + b"\xff\xd9"


FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "JPEG2000", "AVIF")
"""The formats that are tried. Pillow knows more, and among them one that runs another program (EPS)."""

MAX_IMAGE_PIXELS = 89_478_485
"""Pillow's own limit against decompression bombs: a quarter of a gigabyte of RGB pixels."""

_PILLOW_WARNINGS = ("ignore", None, Warning, re.compile(r"PIL\."), 0)


def decode(data: bytes, name: str) -> Image.Image:
    """Return the pixels of one encoded image in mode RGB.

    Raises ImageError, naming the image by `name`, where `data` is empty, cut short, corrupt or no image, and where the
    image has more than MAX_IMAGE_PIXELS pixels (seen in its header, before a pixel is decoded).
    """
    return to_rgb(open_header(data, name), data, name)


def open_header(data: bytes, name: str) -> Image.Image:
    """Return the image with its header read and nothing decoded. Raises ImageError as `decode` does."""
    if not data:
        raise ImageError(f"{name}: the file is empty; copy it again")
    _silence_pillow()
    try:
        image = Image.open(io.BytesIO(data), formats=_known_formats())
    except Image.DecompressionBombError as error:
        message = f"{name}: more pixels than the limit of {MAX_IMAGE_PIXELS:,}; make the image smaller or leave it out"
        raise ImageError(message) from error
    except UnidentifiedImageError as error:
        message = f"{name}: not an image that can be read (no {', '.join(FORMATS[:-1])} or {FORMATS[-1]} file)"
        raise ImageError(message) from error
    except Exception as error:  # Pillow's readers raise nearly anything on a damaged header
        raise ImageError(_damaged(name, error)) from error
    width_px, height_px = image.size
    if width_px * height_px > MAX_IMAGE_PIXELS:
        raise ImageError(
            f"{name}: {width_px} x {height_px} pixels are more than the limit of {MAX_IMAGE_PIXELS:,}; "
            "make the image smaller or leave it out"
        )
    return image


def to_rgb(image: Image.Image, data: bytes, name: str) -> Image.Image:
    """Decode an image that was opened from `data`, and convert it to RGB. Raises ImageError where it is damaged."""
    pixels = fast_rgb(data, image)
    if pixels is not None:
        return pixels
    try:
        return image.convert("RGB")
    except Exception as error:  # as above: OSError, SyntaxError, struct.error, zlib.error, ValueError, ...
        raise ImageError(_damaged(name, error)) from error


def decoder_name() -> str:
    """Name what decodes: "simplejpeg 1.9.0, checked against Pillow 13.0.0 (libjpeg-turbo 3.2.0)", or Pillow alone.

    JPEG decoders differ in the last digit of a pixel, so the name belongs to every record.
    """
    turbo = features.version("libjpeg_turbo")
    jpeg = f"libjpeg-turbo {turbo}" if turbo else f"libjpeg {features.version('jpg')}"
    pillow = f"Pillow {__version__} ({jpeg})"
    return f"simplejpeg {version('simplejpeg')}, checked against {pillow}" if is_fast() else pillow


@functools.cache
def _known_formats() -> tuple[str, ...]:
    """Return those of FORMATS that this build of Pillow reads."""
    Image.init()
    return tuple(form for form in FORMATS if form in Image.OPEN)


def _damaged(name: str, error: Exception) -> str:
    reason = " ".join(str(error).split()) or type(error).__name__
    return f"{name}: the image is damaged ({reason}); copy it again"


def _silence_pillow() -> None:
    """Ignore the warnings that Pillow's modules raise about odd files: they would break into a progress bar.

    `warnings.catch_warnings` swaps one list for the whole process and so is of no use in threads; one entry of that
    list, put there once and meant for Pillow alone, is.
    """
    if warnings.filters[:1] != [_PILLOW_WARNINGS]:
        warnings.filterwarnings("ignore", module=_PILLOW_WARNINGS[3].pattern)
