"""What a run can be asked for, and what of it depends on the machine."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pwc_bench.core.errors import UsageError
from pwc_bench.core.place import ALONE, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of `run`, as typed; `prepare` makes an evaluation's request of them."""

    models: str = "all"
    """all, paper, a family, variant keys joined by commas, `timm:NAME` or `module:factory`."""
    data: str | None = None
    """Where the images lie; None for $PWC_BENCH_IMAGENET, else the demo."""
    dataset: str | None = None
    """What the images are; None for "demo" with the demo's data and "imagenet-1k" with any other."""
    metrics: tuple[str, ...] = ()
    """The keys of the metrics that are wanted; empty for all."""
    weights: Mapping[str, str] = field(default_factory=dict)
    """Variant key -> path, https address or "hub:OWNER/NAME"."""
    weights_dir: Path | None = None
    """A folder with files named after variant keys."""
    device: str = "auto"
    """auto, cpu, cuda or cuda:N."""
    precision: str = "fp32"
    """fp32, bf16 or fp16."""
    implementation: str = "fused"
    """fused (where a variant has such an implementation, else the reference) or reference."""
    recipe: str = "test"
    """Which of timm's two configurations decides size and crop: test or train."""
    quiet_budget: float | None = None
    """Seconds that timing may spend on waiting for a quiet machine and on repeating what was disturbed; None for
    $PWC_BENCH_QUIET_BUDGET, else 10."""
    compare_implementations: bool = False
    """Measure the speed of the reference too, beside each fused implementation."""
    tf32: bool = False
    compile: bool = False
    cuda_graphs: bool = False
    channels_last: bool = False
    device_resize: bool = False
    """Resize images on the device, after a self-test that its pixels are Pillow's."""
    batch_size: int | None = None
    """Images a batch; None for the best, found by measuring."""
    workers: int | None = None
    """Threads that decode; None for one a CPU, at most 16."""
    limit: int | None = None
    """Evaluate this many images, spread evenly over the data; None for all."""
    crop_cache: bool = False
    """Keep decoded crops on disk, so that later passes need not decode."""
    crop_cache_limit: float = 20.0
    """GiB that the crop cache may take."""
    campaign: str | None = None
    """The campaign's name; None for one made from the date."""
    note: str | None = None
    model_timeout: float = 1800.0
    """The seconds that one step of a model may take: its import, its building, one batch, one round of a metric."""
    fresh: bool = False
    """Start anew even where an interrupted campaign could be continued."""
    command: str | None = None
    """The command line that was typed, for the records."""


_DEVICE = re.compile(r"auto|cpu|cuda(:\d+)?")
_BATCH_SIZE = {"cpu": 8, "cuda": 256}
_MAX_WORKERS = 16


def resolve_device(name: str, place: Place = ALONE) -> str:
    """Return the torch device that `name` (auto, cpu, cuda or cuda:N) means here.

    In a job of several processes "auto" and "cuda" mean the device of the process's number on its machine.

    Raises UsageError where the name is not one of these, or where the device is asked for and absent.
    """
    if not _DEVICE.fullmatch(name):
        raise UsageError(f"--device {name!r} is not one of auto, cpu, cuda, cuda:N")
    if name == "cpu":
        return name
    import torch

    if not torch.cuda.is_available():
        if name == "auto":
            return "cpu"
        raise UsageError(
            f"--device {name}: torch sees no CUDA device here; use --device cpu, or see `pwc-bench doctor`"
        )
    count = torch.cuda.device_count()
    if not place.is_alone and name in ("auto", "cuda"):
        if place.local_world_size > count:
            raise UsageError(
                f"{place.local_world_size} processes were started on this machine, which has {count} CUDA device(s): "
                f"use --nproc-per-node {count}, or --device cpu"
            )
        return f"cuda:{place.local_rank}"
    index = int(name.partition(":")[2] or 0)
    if index >= count:
        raise UsageError(f"--device {name}: this machine has {count} CUDA device(s), counted from 0")
    return "cuda" if name == "auto" else name


def default_batch_size(device_type: str) -> int:
    """Return the usual images a batch for "cpu" or "cuda", from which a run departs where another size is faster."""
    return _BATCH_SIZE[device_type]


def default_workers(place: Place = ALONE) -> int:
    """Return how many threads decode: one for each CPU, at most 16, divided between this machine's processes."""
    return max(1, min(cpu_count(), _MAX_WORKERS * place.local_world_size) // place.local_world_size)


def cpu_count() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def chosen_threads() -> str | None:
    """Return the OMP_NUM_THREADS that a person has set; None where torchrun has, which sets 1 if nobody did."""
    own = os.environ.get("OMP_NUM_THREADS")
    if own != "1" or "TORCHELASTIC_RUN_ID" not in os.environ:
        return own
    return _launchers_environment().get("OMP_NUM_THREADS")


def _launchers_environment() -> Mapping[str, str]:
    """Return the variables with which torchrun itself was started; those of this process where they are hidden."""
    import psutil

    try:
        return psutil.Process(os.getppid()).environ()
    except psutil.Error:
        return os.environ
