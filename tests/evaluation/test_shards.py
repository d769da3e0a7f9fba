"""Shards appear whole or not at all."""

from pathlib import Path

import numpy as np
import pytest

from pwc_bench.evaluation.shards import ShardFolder, ShardResult


def _result(count: int = 3) -> ShardResult:
    random = np.random.default_rng(0)
    return ShardResult(
        indices=np.arange(count),
        top5=random.integers(0, 8, (count, 5)),
        scores=random.random((count, 5), dtype=np.float32),
        nll=random.random(count, dtype=np.float32),
        tied=random.random(count) < 0.5,
    )


def test_a_shard_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Arrays keep their values and types."""
    folder, result = ShardFolder(tmp_path), _result()
    assert not folder.has(0, "convit-ti")
    folder.write_failures(0, [])
    folder.write(0, "convit-ti", result)
    assert folder.has(0, "convit-ti")
    again = folder.read(0, "convit-ti")
    for name in ("indices", "top5", "scores", "nll", "tied"):
        np.testing.assert_array_equal(getattr(again, name), getattr(result, name))
        assert getattr(again, name).dtype == getattr(result, name).dtype


@pytest.mark.parametrize("name", ["*.npz", "*.json"])
def test_a_shard_with_one_flipped_byte_counts_as_missing(tmp_path: Path, name: str) -> None:
    """So does one that a power failure cut off: it is evaluated again, and then there."""
    folder = ShardFolder(tmp_path)
    folder.write_failures(0, [(7, "b.jpg: truncated")])
    folder.write(0, "a", _result())
    path = next(tmp_path.rglob(name))
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not folder.has(0, "a")
    path.write_bytes(whole[:-1])
    assert list(folder.results("a")) == []
    path.write_bytes(whole)
    assert folder.has(0, "a")


def test_keys_with_the_same_slug_do_not_share_a_file(tmp_path: Path) -> None:
    """The keys "timm:a" and "timm-a" are two variants."""
    folder = ShardFolder(tmp_path)
    folder.write(0, "timm:a", _result())
    assert not folder.has(0, "timm-a")


def test_failures_are_kept_with_their_shard(tmp_path: Path) -> None:
    """What was never written is not known to be none."""
    folder = ShardFolder(tmp_path)
    assert folder.read_failures(3) is None
    folder.write_failures(3, [(7, "b.jpg: truncated")])
    assert folder.read_failures(3) == [(7, "b.jpg: truncated")]
