"""The fixed plan of a pass: which images form which shard. A continued run follows the plan of the first one."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.place import ALONE, Place

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
