"""Decode and preprocess on one core: ours against timm's transform on the same bytes, pixels compared."""

import io
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pwc_bench.imaging import crops
from tests.benchmarks.bench import Bench
from tests.benchmarks.comparison import Comparison, LeftOut, in_turns
from tests.benchmarks.peer import timm_transform

__all__ = ["run"]

_MOST_COMPARED = 1000
_MOST_TIMED = 64
_ROUNDS = 9


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Compare pixels first, which warms both up, then time both on the same files."""
    recipe = bench.variants[0].recipe
    transform = timm_transform(recipe)

    def ours(data: bytes) -> NDArray[np.uint8]:
        return crops(data, "a file", [recipe])[0]

    def theirs(data: bytes) -> NDArray[np.uint8]:
        return np.asarray(transform(Image.open(io.BytesIO(data)).convert("RGB")))

    files = [path.read_bytes() for path in bench.files.paths[:_MOST_COMPARED]]
    bench.say(f"comparing the pixels of {len(files):,} images")
    same = sum(np.array_equal(ours(data).transpose(2, 0, 1), theirs(data)) for data in files)
    timed = files[:: max(1, len(files) // _MOST_TIMED)][:_MOST_TIMED]
    bench.say(f"decoding {len(timed)} images on one core, {_ROUNDS} rounds a side")
    rounds = in_turns(_ROUNDS, lambda: _rate(ours, timed), lambda: _rate(theirs, timed))
    yield Comparison(
        section="decode",
        what="decode and preprocess, one core",
        unit="images/s",
        ours=rounds[0],
        theirs=rounds[1],
        facts={"images": len(timed), "pixels_identical": same, "pixels_compared": len(files), "recipe": recipe.key},
        note=f"pixels identical in {same:,} of {len(files):,} images",
    )


def _rate(preprocess: Callable[[bytes], object], files: list[bytes]) -> float:
    began = time.perf_counter()
    for data in files:
        preprocess(data)
    return len(files) / (time.perf_counter() - began)
