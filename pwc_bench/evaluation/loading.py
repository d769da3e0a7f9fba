"""Reading and decoding ahead of the model: each image once, for all recipes, straight into the batch's buffer."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import __version__

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.errors import ImageError, in_one_line
from pwc_bench.core.instruments import Settings
from pwc_bench.core.observer import Observer
from pwc_bench.core.variant import Recipe
from pwc_bench.evaluation.ring import Ring, Slot, WholeImages
from pwc_bench.imaging import crop_into, decode_for
from pwc_bench.imaging.exact_resize import PassOrder, exact_crops, self_test

_READERS_PER_WORKER = 4
_MIN_READERS = 8
_MAX_READERS = 64


class CropStore(Protocol):
    """Crops that need not be made, and a place for those that were. Many threads use it at once."""

    @property
    def is_keeping(self) -> bool:
        """Tell whether crops that are made now will be found again."""
        ...

    def read(self, index: int, targets: Sequence[NDArray[np.uint8]], /) -> bool:
        """Copy the crops of image `index`, one a recipe; False where they have to be made."""
        ...

    def write(self, index: int, made: Sequence[NDArray[np.uint8]], /) -> None:
        """Keep the crops of image `index`."""
        ...


@dataclass(slots=True)
class Job:
    """One batch under way: its images, where their crops go, and what became of each."""

    batch: Sequence[int]
    slot: Slot
    reasons: list[str | None] = field(init=False)
    """For each image None, or why there is no crop of it."""
    cached: int = 0
    """How many of them came from the crop cache."""
    _left: int = field(init=False)
    _error: BaseException | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _finished: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.reasons = [None] * len(self.batch)
        self._left = len(self.batch)
        if not self.batch:
            self._finished.set()

    def finish(self, row: int, reason: str | None) -> None:
        """Note what became of one image."""
        self.reasons[row] = reason
        with self._lock:
            self._count_down()

    def finish_cached(self) -> None:
        """Note that one image came from the crop cache."""
        with self._lock:
            self.cached += 1
            self._count_down()

    def fail(self, error: BaseException) -> None:
        """Note that something failed which is no image's fault: `wait` raises it."""
        self._error = error
        self._finished.set()

    def wait(self) -> None:
        """Wait until all images are done."""
        self._finished.wait()
        if self._error is not None:
            raise self._error

    def _count_down(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._finished.set()


class ReadingThreads:
    """Reads and decodes in `workers` decoding threads and some more that wait for the storage.

    Reading runs ahead of decoding by a bounded number of files. Leaving the context ends all threads, whatever is under
    way: what has not begun is dropped.
    """

    def __init__(
        self, source: ImageSource, recipes: Sequence[Recipe], workers: int, cache: CropStore | None = None
    ) -> None:
        readers = min(max(_MIN_READERS, _READERS_PER_WORKER * workers), _MAX_READERS)
        self.images_ahead = 2 * readers
        """How many images should be under way at least, so that no thread is idle."""
        self._source = source
        self._recipes = recipes
        self._cache = cache
        self._may_read = threading.Semaphore(self.images_ahead)
        self._is_closing = False
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="read")
        self._decoders = ThreadPoolExecutor(workers, thread_name_prefix="decode")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Readers first: one that waits for a decoder's place is let go by the decoders, which still run.
        self._is_closing = True
        self._readers.shutdown(cancel_futures=True)
        self._decoders.shutdown(cancel_futures=True)

    def start(self, job: Job) -> None:
        """Begin a batch; `job.wait` tells when it is done."""
        for row in range(len(job.batch)):
            self._readers.submit(self._guard, job, self._read, row)

    def _guard(self, job: Job, step: Callable[..., None], *values: object) -> None:
        """Hand what a step fails with to the one who waits for the batch: nobody else would see it."""
        try:
            step(job, *values)
        except BaseException as error:  # noqa: BLE001  (it is raised again, by `Job.wait`)
            job.fail(error)

    def _read(self, job: Job, row: int) -> None:
        self._may_read.acquire()
        is_handed_on = False
        try:
            if self._is_closing:
                return
            index = job.batch[row]
            if self._cache is not None and self._cache.read(index, job.slot.row(row)):
                job.finish_cached()
                return
            try:
                data = self._source.read(index)
            except Exception as error:  # noqa: BLE001  (a source that another package offers may raise anything)
                job.finish(row, _reason(self._source.items[index].name, error))
                return
            self._decoders.submit(self._guard, job, self._decode, row, data)
            is_handed_on = True
        finally:
            if not is_handed_on:
                self._may_read.release()

    def _decode(self, job: Job, row: int, data: bytes) -> None:
        self._may_read.release()
        if self._is_closing:
            return
        index, targets = job.batch[row], job.slot.row(row)
        try:
            picture = decode_for(data, self._source.items[index].name, self._recipes)
            # A crop that is to be kept is made here, whether or not the device could make the same one.
            is_kept = self._cache is not None and self._cache.is_keeping
            pictures = None if is_kept else job.slot.pictures
            if pictures is None or not pictures.put(row, picture):
                crop_into(picture, self._recipes, targets)
                if self._cache is not None:
                    self._cache.write(index, targets)
        except ImageError as error:
            job.finish(row, str(error))
        else:
            job.finish(row, None)


def _reason(name: str, error: Exception) -> str:
    return str(error) if isinstance(error, ImageError) else f"{name}: cannot be read: {in_one_line(error)}"


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


@dataclass(frozen=True, slots=True)
class DeviceResize:
    """What the self-test found."""

    orders: Mapping[str, PassOrder]
    """For each recipe's hash how the installed Pillow orders its passes; empty where the CPU has to resize."""
    description: str | None
    """Where images are resized, for the environment; None where nothing but the CPU was asked for."""


def choose_resize(recipes: Sequence[Recipe], settings: Settings, observer: Observer) -> DeviceResize:
    """Decide where images are resized: on the device where that is asked for and gives Pillow's pixels, else by Pillow.

    The self-test is run for each recipe; where one fails, a warning says why.
    """
    if not settings.device_resize:
        return DeviceResize({}, None)
    if settings.device_type == "cpu":
        observer.warning("resizing on the device is meant for a GPU: on the CPU it makes Pillow's pixels more slowly")
    observer.stage(f"comparing the resize on {settings.device} with that of Pillow {__version__}")
    orders = {}
    for recipe in {recipe.sha256: recipe for recipe in recipes}.values():
        found = self_test(recipe, settings.device)
        if found.order is None:
            observer.warning(f"images are resized by Pillow on the CPU, not on the device: {found.failure}")
            return DeviceResize({}, f"Pillow on the CPU, since the self-test failed: {found.failure}")
        orders[recipe.sha256] = found.order
    return DeviceResize(orders, f"on the device ({settings.device_type}), equal to Pillow {__version__} in a self-test")


def crops_on_device(
    batch: CropBatch, recipes: Mapping[str, Recipe], device: str, resize: DeviceResize
) -> dict[str, torch.Tensor]:
    """Return for each recipe's hash the batch's crops on `device`, uint8 of shape (n, crop, crop, 3).

    Nothing waits for the device. Images that found no room in the batch's buffer come as crops, made by the CPU.
    """
    whole = batch.whole_images
    if whole is None or not whole.rows:
        return {key: torch.from_numpy(batch.crops[key]).to(device, non_blocking=True) for key in recipes}
    pixels = torch.from_numpy(whole.pixels).to(device, non_blocking=True)
    rows = torch.tensor(whole.rows).to(device, non_blocking=True)
    is_complete = len(whole.rows) == len(batch.indices)
    found = {}
    for key, recipe in recipes.items():
        crops = torch.from_numpy(batch.crops[key])
        target = (
            torch.empty_like(crops, device=device) if is_complete else crops.to(device, non_blocking=True, copy=True)
        )
        found[key] = target.index_copy_(0, rows, exact_crops(pixels, whole.sizes_px, recipe, resize.orders[key]))
    return found
