"""Encoded bytes to RGB pixels, exactly as `PIL.Image.open(...).convert("RGB")` gives them.

An EXIF orientation is not applied (timm and torchvision do not apply it either), and an alpha channel is dropped, not
blended: both decide accuracy, so both stay as the field does them.
"""

import functools
import io
import re
import warnings
from importlib.metadata import version

from PIL import Image, UnidentifiedImageError, __version__, features

from pwc_bench.core.errors import ImageError
from pwc_bench.imaging.jpeg import fast_rgb, is_fast

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
