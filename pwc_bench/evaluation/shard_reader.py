"""Reading shards as one ascending stream of images."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

import numpy as np

from pwc_bench.evaluation.shards import EMPTY, ShardResult


class ShardReader:
    """Hands out the rows of one process's shards, never holding more than what was asked for and one shard."""

    def __init__(self, results: Iterator[ShardResult]) -> None:
        self._results = results
        self._ahead = EMPTY

    def below(self, stop: int) -> ShardResult:
        """Return the next rows whose index is below `stop`."""
        parts = [self._ahead]
        while not len(parts[-1].indices) or parts[-1].indices[-1] < stop:
            following = next(self._results, None)
            if following is None:
                break
            parts.append(following)
        rows = joined(parts)
        is_below = rows.indices < stop
        self._ahead = rows.rows(~is_below)
        return rows.rows(is_below)


def joined(parts: Sequence[ShardResult]) -> ShardResult:
    """Put parts together, by ascending index."""
    columns = ([getattr(part, field.name) for part in (EMPTY, *parts)] for field in fields(ShardResult))
    together = ShardResult(*map(np.concatenate, columns))
    return together.rows(np.argsort(together.indices, kind="stable"))
