"""Running out of memory: how it is recognised, and what is freed."""

import gc

import torch

from pwc_bench.core.errors import EvaluationError
from pwc_bench.isolation import ContainedError


class ModelDoesNotFitError(EvaluationError):
    """A model that finds no room on the device beside those that are there already."""


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out, on a GPU or on the host, or was met while that was handled."""
    if isinstance(error, ContainedError):
        return error.__cause__ is not None and is_out_of_memory(error.__cause__)
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # A capture that is given up for want of memory says only that it was given up.
    if isinstance(error, RuntimeError) and error.__context__ is not None and is_out_of_memory(error.__context__):
        return True
    # The host's allocator has no exception of its own: "DefaultCPUAllocator: can't allocate memory".
    text = str(error)
    return isinstance(error, RuntimeError) and ("can't allocate memory" in text or "not enough memory" in text)


def free_memory() -> None:
    """Give back what nobody refers to any more: models that are done with, and the allocator's reserve."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
