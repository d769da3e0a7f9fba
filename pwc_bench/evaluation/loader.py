"""Reading and decoding ahead of the model: each image once, for all recipes."""

from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pwc_bench.core.errors import ImageError
from pwc_bench.core.recipe import Recipe
from pwc_bench.core.source import ImageSource
from pwc_bench.imaging import crops

__all__ = ["CropBatch", "Crops", "load_batches"]

Crops: TypeAlias = NDArray[np.uint8]

BATCHES_AHEAD = 2
"""How many batches are decoded while the model works: bounds the memory at any data size."""


@dataclass(frozen=True, slots=True)
class CropBatch:
    """The decoded images of one batch."""

    indices: tuple[int, ...]
    """The indices of the images that could be decoded, in order."""
    crops: Mapping[str, Crops]
    """For each recipe's hash an array of shape (n, crop, crop, 3)."""
    failures: tuple[tuple[int, str], ...]
    """Index and reason of each image that could not be read, decoded, or was refused."""


def load_batches(
    source: ImageSource, batches: Iterable[Sequence[int]], recipes: Sequence[Recipe], workers: int
) -> Generator[CropBatch, None, None]:
    """Yield the decoded batches in order, working ahead with `workers` threads (PIL releases the GIL)."""
    with ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool:
        pending: deque[tuple[Sequence[int], list[Future[list[Crops] | str]]]] = deque()
        try:
            for batch in batches:
                pending.append((batch, [pool.submit(_load, source, index, recipes) for index in batch]))
                if len(pending) > BATCHES_AHEAD:
                    yield _collect(*pending.popleft(), recipes)
            while pending:
                yield _collect(*pending.popleft(), recipes)
        finally:
            for _, futures in pending:
                for future in futures:
                    future.cancel()


def _load(source: ImageSource, index: int, recipes: Sequence[Recipe]) -> list[Crops] | str:
    name = source.items[index].name
    try:
        return crops(source.read(index), name, recipes)
    except ImageError as error:
        return str(error)
    except OSError as error:
        return f"{name}: cannot be read: {error.strerror or error}"


def _collect(
    batch: Sequence[int], futures: Sequence[Future[list[Crops] | str]], recipes: Sequence[Recipe]
) -> CropBatch:
    results = [(index, future.result()) for index, future in zip(batch, futures, strict=True)]
    good = [(index, result) for index, result in results if not isinstance(result, str)]
    arrays = {}
    for position, recipe in enumerate(recipes):
        shape = (len(good), recipe.crop_px, recipe.crop_px, 3)
        array = np.empty(shape, dtype=np.uint8)
        for row, (_, images) in enumerate(good):
            array[row] = images[position]
        arrays[recipe.sha256] = array
    return CropBatch(
        indices=tuple(index for index, _ in good),
        crops=arrays,
        failures=tuple((index, result) for index, result in results if isinstance(result, str)),
    )
