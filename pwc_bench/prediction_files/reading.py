"""Reading a predictions file, in pieces or whole."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pwc_bench.core.errors import EvaluationError, library_errors_as
from pwc_bench.core.measurement import PredictionBatch

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
_ADVICE = "fetch it again, or measure again"


def read_predictions(path: Path) -> Iterator[PredictionBatch]:
    """Stream a predictions file. Raises EvaluationError where it is not one."""
    with library_errors_as(EvaluationError, _none(path.name), _ADVICE), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=SCHEMA.names):
            yield _columns(pa.Table.from_batches([batch]))


def read_whole(path: Path, sha256: str | None = None) -> PredictionBatch:
    """Return all n predictions of a file. Raises EvaluationError where it is none, or its hash is another one."""
    with library_errors_as(EvaluationError, _none(path.name), _ADVICE):
        if not path.exists():
            raise EvaluationError(f"the predictions file {path} is missing")
        content = path.read_bytes()
    return parse_whole(content, path.name, sha256)


def parse_whole(content: bytes, name: str, sha256: str | None = None) -> PredictionBatch:
    """Return all n predictions in the bytes of a file called `name`, from anywhere. Raises as `read_whole`."""
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise EvaluationError(f"{name} does not have the hash that its record names: it was changed")
    with library_errors_as(EvaluationError, _none(name), _ADVICE):
        return _columns(pq.read_table(pa.BufferReader(content), columns=SCHEMA.names))


def _none(name: str) -> str:
    return f"{name} is not a predictions file"


def _columns(found: pa.Table) -> PredictionBatch:
    table = found.select(SCHEMA.names).cast(SCHEMA).combine_chunks()  # raises if a column holds something else
    for name, column in zip(SCHEMA.names, table.columns, strict=True):
        if column.null_count or (pa.types.is_fixed_size_list(column.type) and pc.list_flatten(column).null_count):
            raise ValueError(f"a value of column {name!r} is missing")
    return PredictionBatch(
        images=table["image"].to_pylist(),
        labels=table["label"].to_numpy().astype(np.int64),
        top5=_fives(table["top5"]).astype(np.int64),
        scores=_fives(table["score"]),
        nll=table["nll"].to_numpy(),
    )


def _fives(column: pa.ChunkedArray) -> "np.ndarray[tuple[int, ...], np.dtype[np.generic]]":
    values: np.ndarray[tuple[int, ...], np.dtype[np.generic]] = pc.list_flatten(column).to_numpy()
    return values.reshape(-1, 5)
