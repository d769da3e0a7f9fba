"""What the machine offers: the device that a run gets, and defaults that suit it."""

import os
import re

from pwc_bench.core.errors import UsageError

__all__ = ["default_batch_size", "default_workers", "resolve_device"]

_DEVICE = re.compile(r"auto|cpu|cuda(:\d+)?")
_BATCH_SIZE = {"cpu": 8, "cuda": 256}
_MAX_WORKERS = 16


def resolve_device(name: str) -> str:
    """Return the torch device that `name` (auto, cpu, cuda or cuda:N) means here.

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
    index = int(name.partition(":")[2] or 0)
    if index >= count:
        raise UsageError(f"--device {name}: this machine has {count} CUDA device(s), counted from 0")
    return "cuda" if name == "auto" else name


def default_batch_size(device_type: str) -> int:
    """Return the images a batch for "cpu" or "cuda"."""
    return _BATCH_SIZE[device_type]


def default_workers() -> int:
    """Return how many threads decode: one for each CPU that this process may use, at most 16."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MAX_WORKERS)
    return min(os.cpu_count() or 1, _MAX_WORKERS)
