"""Reading a predictions file, in pieces or whole."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.predictions import PredictionBatch

__all__ = ["SCHEMA", "parse_whole", "read_predictions", "read_whole"]

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


def read_predictions(path: Path) -> Iterator[PredictionBatch]:
    """Stream a predictions file. Raises EvaluationError where it is not one."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=SCHEMA.names):
                yield _columns(batch)
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise EvaluationError(f"{path.name} is not a predictions file: {error}") from None


def read_whole(path: Path, sha256: str | None = None) -> PredictionBatch:
    """Return all n predictions of a file. Raises EvaluationError where it is none, or its hash is another one."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise EvaluationError(f"the predictions file {path} is missing") from None
    except OSError as error:
        raise EvaluationError(f"{path.name} is not a predictions file: {error}") from None
    return parse_whole(content, path.name, sha256)


def parse_whole(content: bytes, name: str, sha256: str | None = None) -> PredictionBatch:
    """Return all n predictions in the bytes of a file called `name`, from anywhere. Raises as `read_whole`."""
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise EvaluationError(f"{name} does not have the hash that its record names: it was changed")
    try:
        return _columns(pq.read_table(pa.BufferReader(content), columns=SCHEMA.names).combine_chunks())
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise EvaluationError(f"{name} is not a predictions file: {error}") from None


def _columns(table: pa.RecordBatch | pa.Table) -> PredictionBatch:
    return PredictionBatch(
        images=table["image"].to_pylist(),
        labels=table["label"].to_numpy().astype(np.int64),
        top5=_fives(table["top5"]).astype(np.int64),
        scores=_fives(table["score"]),
        nll=table["nll"].to_numpy(),
    )


def _fives(column: pa.Array | pa.ChunkedArray) -> "np.ndarray[tuple[int, ...], np.dtype[np.generic]]":
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    values: np.ndarray[tuple[int, ...], np.dtype[np.generic]] = whole.flatten().to_numpy(zero_copy_only=False)
    return values.reshape(-1, 5)
