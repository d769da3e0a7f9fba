"""A batch's buffer of whole images: filled by many threads, never beyond its room."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from pwc_bench.evaluation.ring import Pictures, picture_pixels


def noise(seed: int) -> Image.Image:
    """A picture of a size of its own."""
    random = np.random.default_rng(seed)
    height_px, width_px = random.integers(1, 60, 2)
    return Image.fromarray(random.integers(0, 256, (height_px, width_px, 3), dtype=np.uint8))


def test_many_threads_put_each_image_whole() -> None:
    """Whatever the order in which they come, each lies where its row says, and none over another."""
    images = [noise(seed) for seed in range(200)]
    pictures = Pictures(np.zeros((60 * 60 * 200, 3), np.uint8))
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(pictures.put, range(200), images))
    whole = pictures.whole_images({row: row for row in range(200)})
    assert sorted(whole.rows) == list(range(200))
    start = 0
    for row, (width_px, height_px) in zip(whole.rows, whole.sizes_px, strict=True):
        found = whole.pixels[start : start + width_px * height_px].reshape(height_px, width_px, 3)
        np.testing.assert_array_equal(found, np.asarray(images[row]))
        start += width_px * height_px
    assert start == len(whole.pixels)


def test_what_has_no_room_is_left_out_and_smaller_ones_still_fit() -> None:
    """A picture that is refused changes nothing; the next may fit, to the last pixel."""
    pictures = Pictures(np.zeros((100, 3), np.uint8))
    assert pictures.put(0, Image.new("RGB", (8, 10), (1, 2, 3)))
    assert not pictures.put(1, Image.new("RGB", (7, 3)))
    assert pictures.put(2, Image.new("RGB", (5, 4), (4, 5, 6)))
    assert not pictures.put(3, Image.new("RGB", (1, 1)))
    whole = pictures.whole_images({0: 0, 2: 1})
    assert (whole.rows, whole.sizes_px) == ((0, 1), ((8, 10), (5, 4)))
    assert whole.pixels[[0, 79, 80, 99]].tolist() == [[1, 2, 3], [1, 2, 3], [4, 5, 6], [4, 5, 6]]


def test_a_cleared_buffer_is_empty_and_takes_as_much_again() -> None:
    """The next batch sees nothing of the last one."""
    pictures = Pictures(np.zeros((4, 3), np.uint8))
    for _ in range(3):
        assert pictures.put(0, Image.new("RGB", (2, 2)))
        pictures.clear()
    assert pictures.whole_images({}).rows == ()
    assert len(pictures.whole_images({}).pixels) == 0


def test_the_room_grows_with_the_batch_up_to_a_limit() -> None:
    """Host memory is bounded at any batch size."""
    assert picture_pixels(2) == 2 * picture_pixels(1)
    assert picture_pixels(100_000) * 3 == 384 * 2**20
