"""Predictions files for tests: a few images, with as many right guesses as are wanted."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pwc_bench.core.record import PredictionsFile, Record
from pwc_bench.prediction_files import SCHEMA

__all__ = ["predictions_bytes", "with_predictions"]


def predictions_bytes(right: Sequence[bool], nll: float = 0.5) -> bytes:
    """Return a file of one image for each of `right`: where it is True, the first guess is the image's class."""
    labels = [number % 10 for number in range(len(right))]
    first = np.asarray([label if is_right else label + 10 for label, is_right in zip(labels, right, strict=True)])
    top5 = np.stack([first, *(first * 0 + 20 + rank for rank in range(4))], axis=1).astype(np.int32)
    scores = np.tile(np.asarray([0.6, 0.1, 0.1, 0.1, 0.05], np.float32), (len(right), 1))
    columns = [
        pa.array([f"image-{number:05}.jpg" for number in range(len(right))]),
        pa.array(np.asarray(labels, np.int32)),
        pa.FixedSizeListArray.from_arrays(pa.array(top5.ravel()), 5),
        pa.FixedSizeListArray.from_arrays(pa.array(scores.ravel()), 5),
        pa.array(np.asarray([nll if is_right else nll + 3 for is_right in right], np.float32)),
    ]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), stream)
    return stream.getvalue()


def with_predictions(record: Record, content: bytes) -> tuple[Record, str]:
    """Return `record` naming `content` as its predictions, and the path at which they belong."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = f"predictions/{sha256}.parquet"
    provenance = replace(record.provenance, predictions=PredictionsFile(path, sha256))
    return replace(record, provenance=provenance), path
