"""Few batch sizes: what is compiled or captured for one size is used for smaller batches too."""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from pwc_bench.evaluation.memory import is_out_of_memory

Forward: TypeAlias = Callable[[Tensor], Tensor]
"""From a batch (n, 3, side, side) to logits (n, classes)."""


class FixedSizes:
    """A forward that was readied for one batch size, and takes smaller batches without being readied again.

    A smaller batch (the last one of a pass) is filled up with copies of its last image, and their results are cut off.
    A larger one is readied once more. A size for which memory ran out is forgotten, so that a smaller batch is not
    filled up to it again.
    """

    def __init__(self, ready: Callable[[Tensor], Forward]) -> None:
        """Take what readies a forward for batches like the one it is given."""
        self._ready = ready
        self._by_size: dict[int, Forward] = {}

    def __call__(self, batch: Tensor) -> Tensor:
        """Return the logits of `batch`."""
        size = min((known for known in self._by_size if known >= len(batch)), default=len(batch))
        try:
            if size not in self._by_size:
                self._by_size[size] = self._ready(batch)
            return self._by_size[size](_filled(batch, size))[: len(batch)]
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error):
                self._by_size.pop(size, None)
            raise


def _filled(batch: Tensor, size: int) -> Tensor:
    missing = size - len(batch)
    if not missing:
        return batch
    # A tensor made in inference mode is another kind to torch.compile, which would compile once more for it.
    with torch.inference_mode(mode=batch.is_inference()):
        return torch.cat((batch, batch[-1:].expand(missing, *batch.shape[1:])))
