"""One pass over the images: every variant sees each decoded image, and the shards fill."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import torch

from pwc_bench.core.observer import Observer
from pwc_bench.core.predictions import PassSummary
from pwc_bench.core.recipe import Recipe
from pwc_bench.core.source import ImageSource
from pwc_bench.evaluation.candidate import Candidate
from pwc_bench.evaluation.device_resize import DeviceResize, crops_on_device
from pwc_bench.evaluation.loader import CropBatch, load_batches
from pwc_bench.evaluation.outcome import OutcomeBuffer, normalise
from pwc_bench.evaluation.plan import PassPlan, Shard
from pwc_bench.evaluation.shards import ShardFolder, ShardResult

__all__ = ["PassOutcome", "run_pass"]


@dataclass(slots=True)
class PassOutcome:
    """How a pass went."""

    summary: PassSummary
    broken: Mapping[str, str]
    """Variants that failed on the way, and why."""
    duration_seconds: float


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
    broken: dict[str, str] = field(default_factory=dict)


def run_pass(
    source: ImageSource,
    candidates: Sequence[Candidate],
    plan: PassPlan,
    shards: ShardFolder,
    *,
    device: str,
    workers: int,
    resize: DeviceResize,
    observer: Observer,
) -> PassOutcome:
    """Evaluate all candidates on all images of `source`, each image decoded once, continuing what `shards` holds.

    One candidate's failure leaves the others alone. Images that cannot be decoded are written down with their shard.
    """
    began = time.perf_counter()
    recipes = {c.variant.recipe.sha256: c.variant.recipe for c in candidates}
    constants = {key: _constants(recipe, device) for key, recipe in recipes.items()}
    work = _Work(source, {c.variant.key: c for c in candidates}, shards, device, recipes, constants, resize)
    todo = [(shard, wanted) for shard in plan.shards() if (wanted := _missing(work, shard))]
    done = plan.images - sum(len(shard.indices) for shard, _ in todo)
    resumed = done > 0
    observer.progress(done, plan.images, "images")
    batches = (batch for shard, _ in todo for batch in shard.batches)
    loaded = load_batches(source, batches, tuple(recipes.values()), workers, device=device, resizes=bool(resize.orders))
    sizes, times, mark = [], [], time.perf_counter()
    with closing(loaded):
        for shard, wanted in todo:
            _run_shard(work, shard, wanted, loaded, observer, done, plan.images)
            done += len(shard.indices)
            now = time.perf_counter()
            sizes.append(len(shard.indices))
            times.append(now - mark)
            mark = now
    summary = PassSummary(sum(sizes), tuple(sizes), tuple(times), tuple(work.candidates), resumed)
    return PassOutcome(summary, work.broken, time.perf_counter() - began)


def _missing(work: _Work, shard: Shard) -> tuple[str, ...]:
    return tuple(key for key in work.candidates if not work.shards.has(shard.number, key))


def _run_shard(
    work: _Work,
    shard: Shard,
    wanted: Sequence[str],
    loaded: Generator[CropBatch, None, None],
    observer: Observer,
    done: int,
    total: int,
) -> None:
    buffers = {key: OutcomeBuffer() for key in wanted}
    indices: list[int] = []
    failures: list[tuple[int, str]] = []
    for _ in shard.batches:
        batch = next(loaded)
        for _, reason in batch.failures:
            observer.warning(reason)
        failures += batch.failures
        indices += batch.indices
        if batch.indices:
            _run_batch(work, batch, buffers)
        done += len(batch.indices) + len(batch.failures)
        observer.progress(done, total, "images")
    work.shards.write_failures(shard.number, failures)
    for key, buffer in buffers.items():
        if key not in work.broken:
            _write(work, shard, key, buffer, indices)


def _run_batch(work: _Work, batch: CropBatch, buffers: Mapping[str, OutcomeBuffer]) -> None:
    labels = torch.tensor([work.source.items[index].label for index in batch.indices]).to(
        work.device, non_blocking=True
    )
    wanted = {work.candidates[name].variant.recipe.sha256 for name in buffers}
    crops = crops_on_device(batch, {key: work.recipes[key] for key in wanted}, work.device, work.resize)
    inputs = {key: normalise(crops[key], *work.constants[key]) for key in wanted}
    for name, buffer in buffers.items():
        if name in work.broken:
            continue
        candidate = work.candidates[name]
        try:
            with torch.inference_mode():
                buffer.add(candidate.logits(inputs[candidate.variant.recipe.sha256]), labels)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            # A user's own model may raise anything of these; the other variants go on.
            work.broken[name] = f"the forward pass failed: {_first_line(error)}"


def _write(work: _Work, shard: Shard, key: str, buffer: OutcomeBuffer, indices: Sequence[int]) -> None:
    if not indices:
        empty = np.empty((0, 5), np.int64)
        result = ShardResult(empty[:, 0], empty, empty.astype(np.float32), empty[:, 0].astype(np.float32))
    else:
        top5, scores, nll = (tensor.numpy() for tensor in buffer.take())
        if not np.isfinite(scores).all():
            work.broken[key] = "the model's outputs are not finite: try --precision fp32 or bf16"
            return
        result = ShardResult(np.asarray(indices, np.int64), top5, scores, nll)
    work.shards.write(shard.number, key, result)


def _constants(recipe: Recipe, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    mean, std = (torch.tensor(values, device=device).view(3, 1, 1) for values in (recipe.mean, recipe.std))
    return mean, std


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
