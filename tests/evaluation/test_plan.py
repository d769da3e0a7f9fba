"""The plan puts each image into one batch of one shard."""

import pytest

from pwc_bench.core.place import Place
from pwc_bench.evaluation.candidate import SHARD_IMAGES, PassPlan


@pytest.mark.parametrize(
    ("images", "batch_size"), [(1, 8), (64, 8), (200, 32), (5_000, 7), (50_000, 256), (999, 1_000)]
)
def test_each_image_is_in_one_batch(images: int, batch_size: int) -> None:
    """Batches are consecutive, never larger than asked, and cover every image once."""
    plan = PassPlan(images, batch_size)
    batches = [batch for shard in plan.shards() for batch in shard.batches]
    assert [index for batch in batches for index in batch] == list(range(images))
    assert all(0 < len(batch) <= batch_size for batch in batches)
    assert [shard.number for shard in plan.shards()] == list(range(len(list(plan.shards()))))


def test_a_shard_loses_little() -> None:
    """A large data set's shards hold at most SHARD_IMAGES; a small one still has several steps to time."""
    assert max(len(shard.indices) for shard in PassPlan(50_000, 256).shards()) <= SHARD_IMAGES
    assert len(list(PassPlan(64, 8).shards())) == 8


@pytest.mark.parametrize(("images", "processes"), [(23, 7), (64, 3), (2, 7), (5_000, 2)])
def test_several_processes_take_each_image_once(images: int, processes: int) -> None:
    """Rank r takes r, r + W, ...; all together take every image once."""
    plans = [PassPlan(images, 4, Place(rank, processes)) for rank in range(processes)]
    taken = [[i for shard in plan.shards() for batch in shard.batches for i in batch] for plan in plans]
    assert taken == [list(range(rank, images, processes)) for rank in range(processes)]
    assert sorted(index for share in taken for index in share) == list(range(images))
    for plan in plans:
        assert [i for shard in plan.shards() for i in shard.indices] == list(plan.share)
