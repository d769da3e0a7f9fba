"""From shards to one predictions file, in the data set's order, with every meter watching."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Meter
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.record import PredictionsFile
from pwc_bench.evaluation.shards import EMPTY, Lanes, ShardFolder, ShardResult
from pwc_bench.prediction_files import SCHEMA


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


WINDOW_IMAGES = 4096
"""The images that are merged at once: bounds the memory, and makes the file's bytes depend on the results alone."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One variant's predictions on disk."""

    predictions: PredictionsFile
    images: int
    """The images in the file."""
    failed: tuple[int, ...]
    """The indices of the images that could not be decoded."""


def merge(
    source: ImageSource, lanes: Lanes, world_size: int, variant: str, meters: Sequence[Meter], folder: Path
) -> Merged:
    """Write one variant's predictions below `folder`, feeding `meters` on the way.

    The shards of the present job of `world_size` processes come first; what they lack is taken from jobs of another
    size that were interrupted. The bytes depend on the results alone, and the file is named by its hash. Raises
    EvaluationError unless each image of `source` appears exactly once, as a prediction or as a named failure.
    """
    target = folder / "predictions"
    target.mkdir(parents=True, exist_ok=True)
    name = variant.encode().hex()[-24:]
    for leftover in target.glob(f".writing-*-{name}.parquet"):
        if not _is_running(int(leftover.name.split("-")[1])):
            leftover.unlink(missing_ok=True)
    beside = target / f".writing-{os.getpid()}-{name}.parquet"
    images = 0
    failed: list[int] = []
    try:
        with pq.ParquetWriter(beside, SCHEMA, compression="zstd") as writer:
            for result, missing in _windows(len(source.items), lanes, world_size, variant):
                failed += missing
                if len(result.indices):
                    batch = _batch(source, result)
                    images += len(batch.images)
                    for meter in meters:
                        meter.update(batch)
                    writer.write_table(_table(batch))
        with beside.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        beside.replace(target / f"{sha256}.parquet")
    finally:
        beside.unlink(missing_ok=True)
    return Merged(PredictionsFile(f"predictions/{sha256}.parquet", sha256), images, tuple(failed))


def _windows(images: int, lanes: Lanes, world_size: int, variant: str) -> Iterator[tuple[ShardResult, list[int]]]:
    """Yield consecutive windows of the data set: results by ascending index, and the indices that failed."""
    present, older = lanes.of(world_size), lanes.others(world_size)
    readers = [ShardReader(folder.results(variant)) for folder in present]
    old_readers = [ShardReader(folder.results(variant)) for folder in older]
    failures, old_failures = _failures(present), _failures(older)
    for start in range(0, images, WINDOW_IMAGES):
        stop = min(start + WINDOW_IMAGES, images)
        parts = [reader.below(stop) for reader in readers]
        found = [index for part in parts for index in part.indices.tolist()]
        settled = {*found, *failures}
        for reader in old_readers:
            part = reader.below(stop)
            part = part.rows(np.asarray([index not in settled for index in part.indices.tolist()], np.bool_))
            settled.update(part.indices.tolist())
            found += part.indices.tolist()
            parts.append(part)
        missing = [i for i in range(start, stop) if i in failures or (i in old_failures and i not in settled)]
        if sorted([*found, *missing]) != list(range(start, stop)):
            raise EvaluationError(
                f"the shards of {variant} do not hold each of the images {start:,} to {stop - 1:,} once: "
                "run the same command again"
            )
        yield joined(parts), missing


def _failures(folders: Sequence[ShardFolder]) -> set[int]:
    return {index for folder in folders for index in folder.failures()}


def _batch(source: ImageSource, result: ShardResult) -> PredictionBatch:
    items = [source.items[index] for index in result.indices.tolist()]
    return PredictionBatch(
        images=[item.name for item in items],
        labels=np.asarray([item.label for item in items], np.int64),
        top5=result.top5,
        scores=result.scores,
        nll=result.nll,
        tied=result.tied,
    )


def _table(batch: PredictionBatch) -> pa.Table:
    top5 = pa.FixedSizeListArray.from_arrays(pa.array(batch.top5.astype(np.int32).ravel()), 5)
    scores = pa.FixedSizeListArray.from_arrays(pa.array(batch.scores.astype(np.float32).ravel()), 5)
    columns = [
        pa.array(batch.images, pa.string()),
        pa.array(batch.labels.astype(np.int32)),
        top5,
        scores,
        pa.array(batch.nll.astype(np.float32)),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
