"""From shards to one predictions file, with every meter watching."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Meter
from pwc_bench.core.predictions import PredictionBatch
from pwc_bench.core.record import PredictionsFile
from pwc_bench.core.source import ImageSource
from pwc_bench.evaluation.plan import PassPlan
from pwc_bench.evaluation.shards import ShardFolder

__all__ = ["SCHEMA", "merge", "read_predictions"]

SCHEMA = pa.schema(
    [
        ("image", pa.string()),
        ("label", pa.int32()),
        ("top5", pa.list_(pa.int32(), 5)),
        ("score", pa.list_(pa.float32(), 5)),
        ("nll", pa.float32()),
    ]
)
"""The columns of a predictions file."""


def merge(
    source: ImageSource, plan: PassPlan, shards: ShardFolder, variant: str, meters: Sequence[Meter], folder: Path
) -> tuple[PredictionsFile, int]:
    """Write one variant's predictions below `folder`, feeding `meters` on the way.

    Returns the file, named by its hash, and the number of images in it. The bytes depend on the results alone. Raises
    EvaluationError unless each image of the plan appears exactly once, as a prediction or as a named failure.
    """
    target = folder / "predictions"
    target.mkdir(parents=True, exist_ok=True)
    beside = target / f".writing-{os.getpid()}-{variant.encode().hex()[-24:]}.parquet"
    images = 0
    try:
        with pq.ParquetWriter(beside, SCHEMA, compression="zstd") as writer:
            for batch in _batches(source, plan, shards, variant):
                images += len(batch.images)
                for meter in meters:
                    meter.update(batch)
                writer.write_table(_table(batch))
        with beside.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        beside.replace(target / f"{sha256}.parquet")
    finally:
        beside.unlink(missing_ok=True)
    return PredictionsFile(f"predictions/{sha256}.parquet", sha256), images


def read_predictions(path: Path) -> Iterator[PredictionBatch]:
    """Stream a predictions file. Raises EvaluationError where it is not one."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=SCHEMA.names):
                yield PredictionBatch(
                    images=batch["image"].to_pylist(),
                    labels=batch["label"].to_numpy().astype(np.int64),
                    top5=batch["top5"].flatten().to_numpy().reshape(-1, 5).astype(np.int64),
                    scores=batch["score"].flatten().to_numpy().reshape(-1, 5),
                    nll=batch["nll"].to_numpy(),
                )
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise EvaluationError(f"{path.name} is not a predictions file: {error}") from None


def _batches(source: ImageSource, plan: PassPlan, shards: ShardFolder, variant: str) -> Iterator[PredictionBatch]:
    for shard in plan.shards():
        result = shards.read(shard.number, variant)
        failed = [index for index, _ in shards.read_failures(shard.number)]
        if sorted([*result.indices.tolist(), *failed]) != list(shard.indices):
            message = f"shard {shard.number} of {variant} does not hold each of its images once: run again with --fresh"
            raise EvaluationError(message)
        if len(result.indices):
            items = [source.items[index] for index in result.indices.tolist()]
            yield PredictionBatch(
                images=[item.name for item in items],
                labels=np.asarray([item.label for item in items], np.int64),
                top5=result.top5,
                scores=result.scores,
                nll=result.nll,
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
