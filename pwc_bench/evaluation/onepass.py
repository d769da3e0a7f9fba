"""One pass over a share of the images: every variant sees each decoded image, and the shards fill."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.measurement import PassSummary
from pwc_bench.core.observer import Observer
from pwc_bench.core.variant import Recipe
from pwc_bench.evaluation.caching import RoundCrops
from pwc_bench.evaluation.candidate import NOT_FINITE, Candidate, OutcomeBuffer, PassPlan, Shard, normalise
from pwc_bench.evaluation.deploy import free_memory, is_out_of_memory
from pwc_bench.evaluation.loading import CropBatch, DeviceResize, crops_on_device, load_batches
from pwc_bench.evaluation.shards import Lanes, ShardFolder, ShardWriter
from pwc_bench.hardware import LoadWatch, read_load_of_all
from pwc_bench.isolation import contained


@dataclass(slots=True)
class Forward:
    """Runs every candidate on every batch, and remembers what each can take."""

    observer: Observer
    seconds: float | None = None
    """What one call of a model may take."""
    broken: dict[str, str] = field(default_factory=dict)
    """Variants that failed, and why."""
    too_large: set[str] = field(default_factory=set)
    """Those of them that ran out of memory with a single image."""
    _trusted: set[str] = field(default_factory=set, init=False)
    """Variants whose first outputs were finite: looking waits for the device, so it is done once."""
    pieces: dict[str, int] = field(default_factory=dict)
    """The most images at once, of variants that ran out of memory with more."""

    def run(self, candidate: Candidate, pixels: torch.Tensor, labels: torch.Tensor, buffer: OutcomeBuffer) -> None:
        """Add the outcomes of `pixels` (n, 3, side, side) to `buffer`, in order, or note why that is impossible."""
        name, start = candidate.variant.key, 0
        while start < len(labels) and name not in self.broken:
            stop = start + min(self.pieces.get(name, len(labels)), len(labels) - start)
            if self._add(candidate, pixels[start:stop], labels[start:stop], buffer):
                start = stop
            elif name not in self.broken:
                # Only now: while the error was handled, its traceback held what the model had allocated.
                self._halve(candidate, stop - start)

    def _add(self, candidate: Candidate, pixels: torch.Tensor, labels: torch.Tensor, buffer: OutcomeBuffer) -> bool:
        """Add the outcomes; False where memory ran out, or where the variant is now broken."""
        name = candidate.variant.key

        def forward() -> None:
            with torch.inference_mode():
                # A copy of its own: a model may write into its input, and the next one needs the same pixels.
                logits = candidate.logits(pixels.clone())
                if name not in self._trusted and not bool(torch.isfinite(logits).all()):
                    raise EvaluationError(NOT_FINITE)
                buffer.add(logits, labels)

        try:
            contained(forward, self.seconds)
        except EvaluationError as error:
            if not is_out_of_memory(error):
                self.broken[name] = f"the forward pass failed: {error}"
            return False
        self._trusted.add(name)
        return True

    def _halve(self, candidate: Candidate, images: int) -> None:
        name, title = candidate.variant.key, candidate.variant.title
        free_memory()
        if images == 1:
            self.too_large.add(name)
            self.broken[name] = "out of memory with a single image: free the device, or choose a smaller --precision"
            return
        self.pieces[name] = images // 2
        self.observer.warning(f"{title}: out of memory with {images} images at once; going on with {images // 2}")


@dataclass(slots=True)
class PassOutcome:
    """How a pass went."""

    summary: PassSummary
    broken: Mapping[str, str]
    """Variants that failed on the way, and why."""
    too_large: frozenset[str]
    """Those of them that ran out of memory with a single image."""
    pieces: Mapping[str, int]
    """The images that the model took at once, for variants that ran out of memory with a whole batch."""
    duration_seconds: float


@dataclass(frozen=True, slots=True)
class _Task:
    """What is left to do of one shard."""

    shard: Shard
    wanted: tuple[str, ...]
    """The variants whose results are missing."""
    batches: tuple[Sequence[int], ...]
    """The images that nobody has finished yet, batch by batch."""

    @property
    def images(self) -> int:
        """Count the images that are left."""
        return sum(map(len, self.batches))


@dataclass(slots=True)
class _Work:
    """What one pass carries along."""

    source: ImageSource
    candidates: dict[str, Candidate]
    shards: ShardFolder
    device: str
    recipes: dict[str, Recipe]
    constants: dict[str, tuple[torch.Tensor, torch.Tensor]]
    resize: DeviceResize
    forward: Forward
    crops: RoundCrops | None
    cached: int = 0
    """The images that came from the crop cache."""


def run_pass(
    source: ImageSource,
    candidates: Sequence[Candidate],
    plan: PassPlan,
    lanes: Lanes,
    *,
    device: str,
    workers: int,
    resize: DeviceResize,
    observer: Observer,
    crops: RoundCrops | None = None,
    model_seconds: float | None = None,
) -> PassOutcome:
    """Evaluate all candidates on this process's share of `source`, each image decoded once, continuing `lanes`.

    One candidate's failure leaves the others alone. Images that cannot be decoded are written down with their shard.
    What `crops` holds is not decoded; its recipes may be more than those of `candidates`, so that it serves a further
    round. Where that is only found out on the way, because a model needs the device for itself, crops are kept from
    then on.
    """
    began = time.perf_counter()
    recipes = {c.variant.recipe.sha256: c.variant.recipe for c in candidates}
    constants = {key: _constants(recipe, device) for key, recipe in recipes.items()}
    by_key = {c.variant.key: c for c in candidates}
    forward = Forward(observer, model_seconds)
    work = _Work(source, by_key, lanes.own(plan.place), device, recipes, constants, resize, forward, crops)
    held = lanes.held_elsewhere(plan.place.world_size, tuple(by_key), plan.images)
    tasks = [task for shard in plan.shards() if (task := _task(work, shard, held)).batches]
    total = len(plan.share)
    done = total - sum(task.images for task in tasks)
    resumed = done > 0
    observer.progress(done, total, "images")
    batches = (batch for task in tasks for batch in task.batches)
    loaded = load_batches(
        source,
        batches,
        tuple(recipes.values()) if crops is None else crops.recipes,
        workers,
        device=device,
        resizes=bool(resize.orders),
        cache=crops,
    )
    sizes: list[int] = []
    times: list[float] = []
    watch, mark = LoadWatch(read_load_of_all), time.perf_counter()
    with closing(loaded), ShardWriter(work.shards, work.forward.broken) as writer:
        for task, still_wanted in zip(tasks, _wanted_from(tasks), strict=True):
            if work.forward.broken.keys() >= still_wanted:
                break  # nobody is left to look at the images
            with watch.looking():
                _run_task(work, task, loaded, writer, observer, done, total)
            if sizes:  # the first step warms up
                watch.keep()
            done += task.images
            now = time.perf_counter()
            sizes.append(task.images)
            times.append(now - mark)
            mark = now
        writer.wait()
        if times:  # what the device had still to do belongs to the last step
            times[-1] += time.perf_counter() - mark
    watch.keep()  # the only step, if there was but one
    summary = PassSummary(
        sum(sizes),
        tuple(sizes),
        tuple(times),
        tuple(by_key),
        resumed,
        cached=work.cached,
        load=watch.details(),
    )
    seconds = time.perf_counter() - began
    return PassOutcome(summary, forward.broken, frozenset(forward.too_large), forward.pieces, seconds)


def _task(work: _Work, shard: Shard, held: NDArray[np.bool_]) -> _Task:
    wanted = tuple(key for key in work.candidates if not work.shards.has(shard.number, key))
    left = (batch if not held[batch].any() else [i for i in batch if not held[i]] for batch in shard.batches)
    return _Task(shard, wanted, tuple(batch for batch in left if wanted and len(batch)))


def _wanted_from(tasks: Sequence[_Task]) -> list[frozenset[str]]:
    """Return for each task the variants that it or a later one wants."""
    wanted: list[frozenset[str]] = []
    for task in reversed(tasks):
        wanted.append(frozenset(task.wanted) | (wanted[-1] if wanted else frozenset()))
    return wanted[::-1]


def _run_task(
    work: _Work,
    task: _Task,
    loaded: Generator[CropBatch, None, None],
    writer: ShardWriter,
    observer: Observer,
    done: int,
    total: int,
) -> None:
    buffers = {key: OutcomeBuffer() for key in task.wanted}
    indices: list[int] = []
    failures: list[tuple[int, str]] = []
    for _ in task.batches:
        batch = next(loaded)
        for _, reason in batch.failures:
            observer.warning(reason)
        work.cached += batch.cached
        failures += batch.failures
        indices += batch.indices
        if batch.indices:
            _run_batch(work, batch, buffers)
        if work.crops is not None and work.forward.too_large and len(work.candidates) > 1:
            work.crops.keep()  # for the round that it will have for itself
        done += len(batch.indices) + len(batch.failures)
        observer.progress(done, total, "images")
    writer.write(task.shard.number, indices, buffers, failures)


def _run_batch(work: _Work, batch: CropBatch, buffers: Mapping[str, OutcomeBuffer]) -> None:
    labels = torch.tensor([work.source.items[index].label for index in batch.indices]).to(
        work.device, non_blocking=True
    )
    recipes = {work.candidates[name].variant.recipe for name in buffers}
    crops = crops_on_device(batch, {recipe.sha256: recipe for recipe in recipes}, work.device, work.resize)
    _run_rows(work, crops, labels, buffers)


def _run_rows(
    work: _Work, crops: Mapping[str, torch.Tensor], labels: torch.Tensor, buffers: Mapping[str, OutcomeBuffer]
) -> None:
    """Run all candidates on some crops; on half of them at a time where not even their float pixels find room."""
    half = len(labels) // 2
    pixels: dict[str, torch.Tensor] = {}
    try:
        for key, images in crops.items():
            pixels[key] = normalise(images, *work.constants[key])
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error) or not half:
            raise
        pixels.clear()
    if not pixels:  # and not within the handler, where the traceback holds what was allocated
        free_memory()
        for part in (slice(0, half), slice(half, len(labels))):
            _run_rows(work, {key: images[part] for key, images in crops.items()}, labels[part], buffers)
        return
    for name, buffer in buffers.items():
        candidate = work.candidates[name]
        work.forward.run(candidate, pixels[candidate.variant.recipe.sha256], labels, buffer)


def _constants(recipe: Recipe, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    mean, std = (torch.tensor(values, device=device).view(3, 1, 1) for values in (recipe.mean, recipe.std))
    return mean, std
