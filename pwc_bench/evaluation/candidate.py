"""A variant on its way through the data: what it ran as, what it said, and how it ended."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn import functional

from pwc_bench.core.measurement import Json
from pwc_bench.core.place import ALONE, Place
from pwc_bench.core.record import Weights
from pwc_bench.core.variant import Variant

FUSED = "fused"
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Ran:
    """The implementation behind a record's numbers."""

    implementation: str = REFERENCE
    """FUSED or REFERENCE."""
    checks: Mapping[str, Json] = field(default_factory=dict)
    """What checks of the model found, by their names; they become the record's extra facts."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A variant that takes part in the pass."""

    variant: Variant
    weights: Weights
    logits: Callable[[torch.Tensor], Any]
    """From a normalised batch on the device to float32 logits."""
    ran: Ran = field(default_factory=Ran)
    """Which implementation `logits` is, and what was checked."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A variant that cannot take part."""

    variant: Variant
    weights: Weights
    reason: str
    """One sentence."""
    is_failure: bool
    """Whether it should have taken part: its weights were named or published, and could not be used."""


TOP = 5
NOT_FINITE = "the model's outputs are not finite: try --precision fp32 or bf16"


def normalise(crops: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Turn uint8 crops of shape (n, side, side, 3) into float32 of shape (n, 3, side, side).

    The arithmetic is torchvision's, in its order: divide by 255, subtract `mean`, divide by `std` (both of shape
    (3, 1, 1)), so that the values equal those of `ToTensor` and `Normalize` to the last bit.
    """
    return crops.permute(0, 3, 1, 2).float().div_(255).sub_(mean).div_(std).contiguous()


class OutcomeBuffer:
    """Collects the outcomes of a shard on the device; nothing is synchronised until they are taken."""

    def __init__(self) -> None:
        self._parts: list[tuple[torch.Tensor, ...]] = []

    def add(self, logits: torch.Tensor, labels: torch.Tensor) -> None:
        """Add a batch: float32 logits of shape (n, classes) and int64 labels of shape (n,), on the same device."""
        k = min(TOP, logits.shape[1])
        values, top = logits.topk(k, dim=1)
        scores = (values - logits.logsumexp(dim=1, keepdim=True)).exp()
        nll = functional.cross_entropy(logits, labels, reduction="none")
        # Which of equal scores topk takes is chance: only here, with all of them, can that be seen.
        last, own = values[:, -1:], logits.gather(1, labels[:, None])
        tied = (own == last).squeeze(1) & ((logits >= last).sum(dim=1) > k)
        if k < TOP:
            top = functional.pad(top, (0, TOP - k), value=-1)
            scores = functional.pad(scores, (0, TOP - k))
        self._parts.append((top, scores, nll, tied))

    def take(self) -> tuple[torch.Tensor, ...]:
        """Return top-5 (n, 5), scores (n, 5), nll (n,) and ties at the border (n,) of all batches on the host.

        This waits for the device.
        """
        columns = tuple(torch.cat(column).cpu() for column in zip(*self._parts, strict=True))
        self._parts.clear()
        return columns


SHARD_IMAGES = 1024
"""The most images of a shard: what a killed run loses at the most."""
SHARDS_WANTED = 32
"""Small data sets still have about so many shards, so that the pass is timed in several steps."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Images whose results are written together: one process's consecutive ones."""

    number: int
    batches: tuple[range, ...]
    """The indices of each batch's images, in steps of the number of processes."""

    @property
    def indices(self) -> range:
        """Return the indices of all its images."""
        first, last = self.batches[0], self.batches[-1]
        return range(first.start, last.stop, first.step)


@dataclass(frozen=True, slots=True)
class PassPlan:
    """The shards of one process's share of a pass over `images` images in batches of `batch_size`.

    The process of rank r among W takes the images r, r + W, r + 2W, ...: no image twice, none padded.
    """

    images: int
    batch_size: int
    place: Place = ALONE

    @property
    def share(self) -> range:
        """Return the indices of this process's images."""
        return range(self.place.rank, self.images, self.place.world_size)

    def shards(self) -> Iterator[Shard]:
        """Yield the shards in order; every image of the share is in exactly one batch of one shard."""
        share, step = self.share, self.batches_per_shard
        starts = range(0, len(share), self.batch_size)
        for number, first in enumerate(range(0, len(starts), step)):
            batches = tuple(share[start : start + self.batch_size] for start in starts[first : first + step])
            yield Shard(number, batches)

    @property
    def batches_per_shard(self) -> int:
        """Return how many batches a shard holds."""
        batches = -(-len(self.share) // self.batch_size)
        return max(1, min(SHARD_IMAGES // self.batch_size, batches // SHARDS_WANTED))
