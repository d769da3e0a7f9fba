"""Per-image results on disk, shard by shard, so that a killed run continues where it stopped."""

import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pwc_bench.core.slug import slugify

__all__ = ["ShardFolder", "ShardResult"]


@dataclass(frozen=True, slots=True)
class ShardResult:
    """One variant's results for the decodable images of one shard."""

    indices: NDArray[np.int64]
    """The images' places in the source, shape (n,)."""
    top5: NDArray[np.int64]
    """Shape (n, 5), -1 where there are fewer than five classes."""
    scores: NDArray[np.float32]
    """Shape (n, 5)."""
    nll: NDArray[np.float32]
    """Shape (n,), nats."""


@dataclass(frozen=True, slots=True)
class ShardFolder:
    """The shards of one pass. Files appear whole or not at all."""

    path: Path

    def has(self, shard: int, variant: str) -> bool:
        """Tell whether a shard's results of a variant are there and can be read."""
        path = self._path(shard, variant)
        if not path.exists():
            return False
        try:
            with path.open("rb") as file, np.load(file) as archive:
                return set(archive.files) == {"indices", "top5", "scores", "nll"}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            path.unlink(missing_ok=True)
            return False

    def write(self, shard: int, variant: str, result: ShardResult) -> None:
        """Write a shard's results of a variant."""
        path = self._path(shard, variant)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".writing")
        with beside.open("wb") as file:
            np.savez(file, indices=result.indices, top5=result.top5, scores=result.scores, nll=result.nll)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    def read(self, shard: int, variant: str) -> ShardResult:
        """Read a shard's results of a variant."""
        with np.load(self._path(shard, variant)) as archive:
            values: dict[str, Any] = {name: archive[name] for name in archive.files}
        return ShardResult(**values)

    def write_failures(self, shard: int, failures: Sequence[tuple[int, str]]) -> None:
        """Write which images of a shard could not be decoded, and why."""
        path = self._path(shard, "failures").with_suffix(".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".writing")
        beside.write_text(json.dumps(list(failures)))
        beside.replace(path)

    def read_failures(self, shard: int) -> list[tuple[int, str]]:
        """Read which images of a shard could not be decoded; empty where nothing was written."""
        path = self._path(shard, "failures").with_suffix(".json")
        if not path.exists():
            return []
        return [(index, reason) for index, reason in json.loads(path.read_text())]

    def _path(self, shard: int, variant: str) -> Path:
        # The key's bytes stand beside its slug: "timm:a" and "timm-a" must not share a file.
        name = f"{slugify(variant)}-{variant.encode().hex()[-16:]}" if variant != "failures" else "failures"
        return self.path / f"{shard:06d}" / f"{name}.npz"
