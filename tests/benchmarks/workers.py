"""What a decoding process does; imports no torch, so that such a process starts quickly."""

from collections.abc import Sequence
from pathlib import Path

from pwc_bench.core.variant import Recipe
from pwc_bench.imaging import crops

__all__ = ["decode_files"]


def decode_files(paths: Sequence[Path], recipe: Recipe) -> int:
    """Read and preprocess files one after the other; return how many."""
    for path in paths:
        crops(path.read_bytes(), path.name, [recipe])
    return len(paths)
