"""The threads that read and decode: readers for slow storage, decoders for the processors."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.errors import ImageError, in_one_line
from pwc_bench.core.variant import Recipe
from pwc_bench.evaluation.ring import Slot
from pwc_bench.imaging import crop_into, decode_for

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
