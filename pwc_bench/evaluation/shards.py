"""Per-image results on disk, shard by shard, so that a killed run continues where it stopped."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pwc_bench.core.files import read_sealed, write_sealed
from pwc_bench.core.place import Place
from pwc_bench.core.text_forms import slugify
from pwc_bench.evaluation.candidate import NOT_FINITE, OutcomeBuffer

_LANE = re.compile(r"(\d+)-(\d+)")
_NUMBER = re.compile(r"\d{6,}")


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
    tied: NDArray[np.bool_]
    """Shape (n,): whether the right class shares the lowest of the five scores with a class that is left out."""

    def rows(self, chosen: NDArray[Any]) -> "ShardResult":
        """Return the rows that a mask or an array of positions chooses."""
        return ShardResult(*(getattr(self, field.name)[chosen] for field in fields(self)))


EMPTY = ShardResult(
    np.empty(0, np.int64),
    np.empty((0, 5), np.int64),
    np.empty((0, 5), np.float32),
    np.empty(0, np.float32),
    np.empty(0, np.bool_),
)


@dataclass(frozen=True, slots=True)
class ShardFolder:
    """The shards of one process's share of a pass. Files appear whole or not at all."""

    path: Path

    def numbers(self) -> list[int]:
        """Return the numbers of the shards of which something is there, in order."""
        if not self.path.is_dir():
            return []
        return sorted(int(entry.name) for entry in self.path.iterdir() if _NUMBER.fullmatch(entry.name))

    def results(self, variant: str) -> Iterator[ShardResult]:
        """Read a variant's shards one after the other, in order: their images ascend. Damaged ones are left out."""
        for number in self.numbers():
            result = self.read(number, variant)
            if result is not None:
                yield result

    def failures(self) -> dict[int, str]:
        """Read which images of all shards could not be decoded, and why."""
        return dict(failure for number in self.numbers() for failure in self.read_failures(number) or ())

    def file_count(self) -> int:
        """Count the files that are there whole."""
        return sum(1 for path in self.path.glob("*/*") if path.suffix != ".writing") if self.path.is_dir() else 0

    def has(self, shard: int, variant: str) -> bool:
        """Tell whether a shard's results of a variant are there, undamaged: else they are made again."""
        return self.read(shard, variant) is not None

    def write(self, shard: int, variant: str, result: ShardResult) -> None:
        """Write a shard's results of a variant, after what could not be decoded."""
        content = BytesIO()
        np.savez(content, **{field.name: getattr(result, field.name) for field in fields(result)})
        write_sealed(self._path(shard, variant), content.getvalue())

    def read(self, shard: int, variant: str) -> ShardResult | None:
        """Read a shard's results of a variant; None if they, or what could not be decoded, are missing or damaged."""
        content = read_sealed(self._path(shard, variant))
        if content is None or self.read_failures(shard) is None:
            return None
        with np.load(BytesIO(content)) as archive:
            values: dict[str, Any] = {name: archive[name] for name in archive.files}
        # One of an earlier version lacks what is kept today: it is made again.
        return ShardResult(**values) if values.keys() == {field.name for field in fields(ShardResult)} else None

    def write_failures(self, shard: int, failures: Sequence[tuple[int, str]]) -> None:
        """Write which images of a shard could not be decoded, and why."""
        write_sealed(self._path(shard, "failures").with_suffix(".json"), json.dumps(list(failures)).encode())

    def read_failures(self, shard: int) -> list[tuple[int, str]] | None:
        """Read which images of a shard could not be decoded; None if that is missing or damaged."""
        content = read_sealed(self._path(shard, "failures").with_suffix(".json"))
        return None if content is None else [(index, reason) for index, reason in json.loads(content)]

    def _path(self, shard: int, variant: str) -> Path:
        # The key's bytes stand beside its slug: "timm:a" and "timm-a" must not share a file.
        name = f"{slugify(variant)}-{variant.encode().hex()[-16:]}" if variant != "failures" else "failures"
        return self.path / f"{shard:06d}" / f"{name}.npz"


@dataclass(frozen=True, slots=True)
class Lanes:
    """The shards of all processes of a pass, and what was left by interrupted runs with other numbers of processes."""

    path: Path

    def own(self, place: Place) -> ShardFolder:
        """Return where the process at `place` keeps its shards."""
        return ShardFolder(self.path / f"{place.world_size}-{place.rank}")

    def of(self, world_size: int) -> tuple[ShardFolder, ...]:
        """Return the folders of a job of `world_size` processes, by rank."""
        return tuple(ShardFolder(self.path / f"{world_size}-{rank}") for rank in range(world_size))

    def others(self, world_size: int) -> tuple[ShardFolder, ...]:
        """Return the folders that jobs of another size have left, in a fixed order."""
        found = []
        for entry in self.path.iterdir() if self.path.is_dir() else ():
            name = _LANE.fullmatch(entry.name)
            if name and int(name[1]) != world_size:
                found.append((int(name[1]), int(name[2]), entry))
        return tuple(ShardFolder(entry) for _, _, entry in sorted(found))

    def held_elsewhere(self, world_size: int, variants: Sequence[str], images: int) -> NDArray[np.bool_]:
        """Tell which of `images` images jobs of another size have finished, for every one of `variants`; shape (n,)."""
        folders = self.others(world_size)
        held = np.full(images, bool(folders and variants))
        for variant in variants if folders else ():
            mine = np.zeros(images, np.bool_)
            for folder in folders:
                for result in folder.results(variant):
                    mine[result.indices] = True
            held &= mine
        for folder in folders:
            held[list(folder.failures())] = True
        return held


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
