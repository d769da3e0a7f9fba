"""The models of a run, readied to be timed at any batch size."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import psutil
import torch

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Settings
from pwc_bench.core.observer import Observer
from pwc_bench.core.place import Place
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.batch_size.climbing import Timed
from pwc_bench.evaluation.deploy import Forward, deploy, free_memory
from pwc_bench.evaluation.implementation import is_fusible, try_kernels
from pwc_bench.evaluation.request import Request
from pwc_bench.evaluation.weights import build_unfilled
from pwc_bench.isolation import contained

_LEFT_FREE = 0.1
"""This share of the memory stays free, for what a pass needs beside the models and one batch."""


@contextmanager
def timed_models(request: Request, observer: Observer) -> Iterator[list[Timed]]:
    """Give the models of `request`, whatever their weights, all on the device, as they will be in the pass.

    What `torch.compile` and CUDA graphs need for each new size takes longer than the search may: both are left out.
    Variants that cannot be built, or find no room beside the others, are left out too.
    """
    settings = replace(request.settings, compile=False, cuda_graphs=False)
    crops = _Crops(settings.device)
    models = []
    with torch.random.fork_rng(devices=[]):  # what is built later must not depend on whether this ran
        for variant in request.variants:
            observer.stage(f"{variant.title}: readying it to find the best batch size")
            forward = _forward(variant, settings, request.model_seconds)
            if forward is not None:
                models.append(_timed(variant, forward, crops, request.model_seconds))
        try:
            yield models
        finally:
            models.clear()
            del forward
            crops.by_side.clear()
            free_memory()


def has_room(device: str, place: Place) -> bool:
    """Tell whether enough memory is left beside what is there now and what was needed on the way."""
    if device.partition(":")[0] == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return bool(free >= _LEFT_FREE * total)
    own = psutil.Process().memory_info().rss
    return bool(own * place.local_world_size <= (1.0 - _LEFT_FREE) * (psutil.virtual_memory().available + own))


def _forward(variant: Variant, settings: Settings, seconds: float | None) -> Forward | None:
    build = partial(variant.build, 1000)

    def ready() -> Forward:
        model = (build() if variant.brings_weights else build_unfilled(build)).eval()
        if is_fusible(variant, settings) and variant.fuse is not None:
            model = variant.fuse(model)
            try_kernels(model, settings)
        return deploy(model, settings, 1000)

    try:
        return contained(ready, seconds)
    except EvaluationError:
        free_memory()
        return None  # the run itself meets this, and tells


def _timed(variant: Variant, forward: Forward, crops: "_Crops", limit: float | None) -> Timed:
    def seconds(size: int) -> float:
        batch = crops.batch(size, variant.recipe.crop_px).clone()  # a model may write into its input
        crops.settle()
        began = time.perf_counter()
        with torch.inference_mode():
            forward(batch)
        crops.settle()
        return time.perf_counter() - began

    return Timed(variant.key, seconds, limit)


@dataclass(slots=True)
class _Crops:
    """Random crops on the device, made once for each size and used by all models."""

    device: str
    by_side: dict[int, torch.Tensor] = field(default_factory=dict)

    def batch(self, size: int, side_px: int) -> torch.Tensor:
        """Return float32 noise of shape (size, 3, side, side)."""
        there = self.by_side.get(side_px)
        if there is None or len(there) < size:
            generator = torch.Generator(self.device).manual_seed(0)
            shape = (size, 3, side_px, side_px)
            there = self.by_side[side_px] = torch.randn(shape, generator=generator, device=self.device)
        return there[:size]

    def settle(self) -> None:
        """Wait for the device."""
        if self.device.partition(":")[0] == "cuda":
            torch.cuda.synchronize(self.device)
