"""Reading shards as one ascending stream of images."""

from collections.abc import Iterator, Sequence

import numpy as np

from pwc_bench.evaluation.shards import ShardResult

__all__ = ["ShardReader", "joined"]

EMPTY = ShardResult(
    np.empty(0, np.int64), np.empty((0, 5), np.int64), np.empty((0, 5), np.float32), np.empty(0, np.float32)
)


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
    together = ShardResult(
        np.concatenate([part.indices for part in (EMPTY, *parts)]),
        np.concatenate([part.top5 for part in (EMPTY, *parts)]),
        np.concatenate([part.scores for part in (EMPTY, *parts)]),
        np.concatenate([part.nll for part in (EMPTY, *parts)]),
    )
    return together.rows(np.argsort(together.indices, kind="stable"))
