"""Weights are Pillow's: an image of one bright pixel shows them one by one."""

import numpy as np
import pytest
from PIL import Image

from pwc_bench.imaging.exact_resize.apply import FILTERS, PRECISION_BITS, identity_taps, line_taps

SIDES_PX = (1, 2, 3, 5, 8, 13, 31, 40, 64, 97, 333, 500, 2048)


@pytest.mark.parametrize("interpolation", FILTERS)
@pytest.mark.parametrize("side_px", SIDES_PX)
def test_a_bright_pixel_spreads_as_in_pillow(side_px: int, interpolation: str) -> None:
    """The response to each single sample, after rounding and clipping, is that of Pillow's own resize."""
    resized_px = 40
    taps = line_taps(side_px, resized_px, np.arange(resized_px), interpolation)
    dense = np.zeros((resized_px, side_px), np.int64)
    for row, (first, count) in enumerate(zip(taps.first, taps.count, strict=True)):
        dense[row, first : first + count] = taps.weights[row, :count]
    made = ((255 * dense + (1 << (PRECISION_BITS - 1))) >> PRECISION_BITS).clip(0, 255).astype(np.uint8)
    pixels = np.diag(np.full(side_px, 255, np.uint8))
    filter_ = Image.Resampling[interpolation.upper()]
    wanted = Image.fromarray(pixels).resize((resized_px, side_px), filter_) if side_px != resized_px else None
    np.testing.assert_array_equal(made.T, pixels if wanted is None else np.asarray(wanted))


@pytest.mark.parametrize("interpolation", FILTERS)
@pytest.mark.parametrize("resized_px", [1, 40, 256])
def test_sums_fit_into_32_bits(resized_px: int, interpolation: str) -> None:
    """The largest sum that a white line can reach, and the smallest, are numbers of 32 bits."""
    for side_px in (*SIDES_PX, *range(4, 30)):
        taps = line_taps(side_px, resized_px, np.arange(resized_px), interpolation)
        largest = 255 * np.abs(taps.weights.astype(np.int64)).sum(axis=1).max() + (1 << (PRECISION_BITS - 1))
        assert largest < 2**31
        assert largest < 1.6 * 255 * 2**PRECISION_BITS + 2**PRECISION_BITS


def test_taps_stay_on_the_line() -> None:
    """No tap lies before the first sample or behind the last one, and each sample has at least one."""
    for side_px in SIDES_PX:
        taps = line_taps(side_px, 40, np.arange(40), "bicubic")
        assert taps.count.min() >= 1
        assert taps.span == (0, side_px)


def test_weights_of_some_samples_are_those_of_all() -> None:
    """Positions can be asked for apart: a crop's weights are the same as the whole line's."""
    whole, part = (line_taps(500, 256, positions, "bicubic") for positions in (np.arange(256), np.arange(16, 240)))
    np.testing.assert_array_equal(part.first, whole.first[16:240])
    np.testing.assert_array_equal(part.weights, whole.weights[16:240, : part.weights.shape[1]])


def test_identity_gives_back_every_pixel() -> None:
    """A weight of one, with rounding, changes no value from 0 to 255."""
    taps = identity_taps(np.arange(256))
    values = np.arange(256) * taps.weights[:, 0]
    np.testing.assert_array_equal((values + (1 << (PRECISION_BITS - 1))) >> PRECISION_BITS, np.arange(256))
