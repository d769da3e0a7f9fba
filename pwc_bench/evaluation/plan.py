"""The fixed plan of a pass: which images form which shard. A continued run follows the plan of the first one."""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["PassPlan", "Shard"]

SHARD_IMAGES = 1024
"""The most images of a shard: what a killed run loses at the most."""
SHARDS_WANTED = 32
"""Small data sets still have about so many shards, so that the pass is timed in several steps."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Consecutive images whose results are written together."""

    number: int
    batches: tuple[range, ...]
    """The indices of each batch's images."""

    @property
    def indices(self) -> range:
        """Return the indices of all its images."""
        return range(self.batches[0].start, self.batches[-1].stop)


@dataclass(frozen=True, slots=True)
class PassPlan:
    """The shards of a pass over `images` images in batches of `batch_size`."""

    images: int
    batch_size: int

    def shards(self) -> Iterator[Shard]:
        """Yield the shards in order; every image is in exactly one batch of one shard."""
        step = self.batches_per_shard
        starts = range(0, self.images, self.batch_size)
        for number, first in enumerate(range(0, len(starts), step)):
            batches = tuple(
                range(start, min(start + self.batch_size, self.images)) for start in starts[first : first + step]
            )
            yield Shard(number, batches)

    @property
    def batches_per_shard(self) -> int:
        """Return how many batches a shard holds."""
        batches = -(-self.images // self.batch_size)
        return max(1, min(SHARD_IMAGES // self.batch_size, batches // SHARDS_WANTED))
