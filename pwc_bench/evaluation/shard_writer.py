"""Writing finished shards in a thread of its own: the device works on, instead of waiting for the disk."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import numpy as np

from pwc_bench.evaluation.outcome import NOT_FINITE, OutcomeBuffer
from pwc_bench.evaluation.shards import EMPTY, ShardFolder, ShardResult


class ShardWriter:
    """Writes one shard while the next one is made. Leaving the context waits for what is under way.

    An error of the disk is raised by the next call, or at the end of the context.
    """

    def __init__(self, shards: ShardFolder, broken: dict[str, str]) -> None:
        """Take the folder, and the variants that failed: those whose results are no numbers are added."""
        self._shards = shards
        self._broken = broken
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._pending: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()
        if error is None:
            self.wait()

    def write(
        self,
        number: int,
        indices: Sequence[int],
        buffers: Mapping[str, OutcomeBuffer],
        failures: Sequence[tuple[int, str]],
    ) -> None:
        """Write shard `number`: the outcomes of its images `indices` by variant, and what could not be decoded.

        Waits for the shard before it. The buffers are the writer's from now on.
        """
        self.wait()
        sound = {key: buffer for key, buffer in buffers.items() if key not in self._broken}
        self._pending = self._thread.submit(self._write, number, indices, sound, failures)

    def wait(self) -> None:
        """Wait until everything is on disk; raises what writing failed with."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def _write(
        self,
        number: int,
        indices: Sequence[int],
        buffers: Mapping[str, OutcomeBuffer],
        failures: Sequence[tuple[int, str]],
    ) -> None:
        self._shards.write_failures(number, failures)
        for key, buffer in buffers.items():
            result = _result(indices, buffer)
            if np.isfinite(result.scores).all() and np.isfinite(result.nll).all():
                self._shards.write(number, key, result)
            else:
                self._broken[key] = NOT_FINITE


def _result(indices: Sequence[int], buffer: OutcomeBuffer) -> ShardResult:
    """Fetch the outcomes from the device, which is waited for here."""
    if not indices:
        return EMPTY
    return ShardResult(np.asarray(indices, np.int64), *(tensor.numpy() for tensor in buffer.take()))
