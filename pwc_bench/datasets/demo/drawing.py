"""Draws the demo's images: a texture in a hue, with enough jitter that telling the classes apart is work.

Everything is integer arithmetic on a seeded generator, so that no processor's sine rounds a pixel the other way.
"""

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Integers = NDArray[np.int64]

HUES = {"amber": (206, 142, 52), "jade": (70, 168, 104), "azure": (62, 122, 198), "plum": (158, 78, 172)}
"""The mean colour of each hue, RGB."""

SHORTER_SIDE_PX = (240, 300)
LONGER_SIDE_PX = (300, 420)
HUE_JITTER = 18
"""How far each channel of an image's two colours strays, in steps of 255."""
CONTRAST = (80, 120)
"""How far the figure's colour lies from the ground's, in steps of 255."""
GRAIN = 16
"""How far each pixel strays."""
JPEG_QUALITY = 88


def draw_jpeg(hue: str, texture: str, seed: tuple[int, ...]) -> bytes:
    """Return one JPEG file of a hue (a key of HUES) and a texture (a key of TEXTURES): the same bytes for a seed."""
    generator = np.random.default_rng(seed)
    width_px, height_px = _size_px(generator)
    rows, columns = np.indices((height_px, width_px), dtype=np.int64)
    figure = TEXTURES[texture](rows, columns, generator)[..., None]
    ground_colour = np.array(HUES[hue]) + generator.integers(-HUE_JITTER, HUE_JITTER, 3, endpoint=True)
    contrast = int(generator.integers(*CONTRAST)) * (1 if generator.integers(2) else -1)
    pixels = ground_colour + contrast * figure + generator.integers(-GRAIN, GRAIN, (height_px, width_px, 3))
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def _size_px(generator: np.random.Generator) -> tuple[int, int]:
    shorter_px = int(generator.integers(*SHORTER_SIDE_PX, endpoint=True))
    longer_px = int(generator.integers(*LONGER_SIDE_PX, endpoint=True))
    return (longer_px, shorter_px) if generator.integers(2) else (shorter_px, longer_px)


def _stripes(rows: Integers, columns: Integers, generator: np.random.Generator) -> Integers:
    """Draw bands that lean up to about 50 degrees from upright; 1 on a band, 0 beside it."""
    lean = int(generator.integers(-5, 5, endpoint=True))
    period = int(generator.integers(20, 40, endpoint=True))
    shifted = 4 * columns + lean * rows + int(generator.integers(0, 1000))
    return shifted // (2 * period) % 2


def _dots(rows: Integers, columns: Integers, generator: np.random.Generator) -> Integers:
    """Draw round dots on a square grid; 1 on a dot, 0 beside it."""
    period = int(generator.integers(8, 14, endpoint=True))
    down, right = (int(shift) for shift in generator.integers(0, period, 2))
    away_rows = 2 * ((rows + down) % period) - period
    away_columns = 2 * ((columns + right) % period) - period
    radius = period * 7 // 10
    return (away_rows**2 + away_columns**2 < radius**2).astype(np.int64)


TEXTURES: dict[str, Callable[[Integers, Integers, np.random.Generator], Integers]] = {
    "dots": _dots,
    "stripes": _stripes,
}
"""The textures by name: rows, columns and a generator in, 1 on the figure and 0 on the ground out."""
