"""Reading and decoding ahead of the model: each image once, for all recipes, straight into the batch's buffer."""

from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.variant import Recipe
from pwc_bench.evaluation.pictures import WholeImages
from pwc_bench.evaluation.reading import CropStore, Job, ReadingThreads
from pwc_bench.evaluation.ring import Ring

Crops: TypeAlias = NDArray[np.uint8]

BATCHES_AHEAD = 2
"""How many batches are decoded at least while the model works on one; small batches are more."""


@dataclass(frozen=True, slots=True)
class CropBatch:
    """The decoded images of one batch. Its arrays are lent: they are overwritten once the next batch was asked for."""

    indices: tuple[int, ...]
    """The indices of the images that could be decoded, in order."""
    crops: Mapping[str, Crops]
    """For each recipe's hash an array of shape (n, crop, crop, 3), in page-locked memory where the device is a GPU: it
    can be copied there without waiting, on the device's current stream."""
    failures: tuple[tuple[int, str], ...]
    """Index and reason of each image that could not be read, decoded, or was refused."""
    whole_images: WholeImages | None = None
    """The images whose rows in `crops` are left to the device; None where the device does not resize."""
    cached: int = 0
    """How many of the crops came from the crop cache."""


def load_batches(
    source: ImageSource,
    batches: Iterable[Sequence[int]],
    recipes: Sequence[Recipe],
    workers: int,
    *,
    device: str = "cpu",
    resizes: bool = False,
    cache: CropStore | None = None,
) -> Generator[CropBatch, None, None]:
    """Yield the decoded batches in order, working ahead with `workers` decoding threads.

    The memory is bounded by the batch size: buffers are used again as soon as `device` has taken what they held.
    Closing the generator ends its threads. What `cache` holds is read from there, and what it lacks is put there.
    Where the device `resizes`, images come whole as far as the batch's buffer has room for them.
    """
    ring = Ring(recipes, device, resizes)
    with ReadingThreads(source, recipes, workers, cache) as threads:
        pending: deque[Job] = deque()
        images = 0
        for batch in batches:
            job = Job(batch, ring.take(len(batch)))
            threads.start(job)
            pending.append(job)
            images += len(batch)
            while len(pending) > BATCHES_AHEAD and images - len(pending[0].batch) >= threads.images_ahead:
                first = pending.popleft()
                images -= len(first.batch)
                yield _collect(first, recipes)
                ring.give_back(first.slot)
        while pending:
            first = pending.popleft()
            yield _collect(first, recipes)
            ring.give_back(first.slot)


def _collect(job: Job, recipes: Sequence[Recipe]) -> CropBatch:
    job.wait()
    good = [row for row, reason in enumerate(job.reasons) if reason is None]
    job.slot.keep(good)
    pictures = job.slot.pictures
    places = {row: place for place, row in enumerate(good)}
    return CropBatch(
        indices=tuple(job.batch[row] for row in good),
        crops={recipe.sha256: array[: len(good)] for recipe, array in zip(recipes, job.slot.arrays, strict=True)},
        failures=tuple(
            (index, reason) for index, reason in zip(job.batch, job.reasons, strict=True) if reason is not None
        ),
        whole_images=None if pictures is None else pictures.whole_images(places),
        cached=job.cached,
    )
