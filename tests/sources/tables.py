"""Writes images as tables: Hugging Face data sets and parquet files."""

from collections.abc import Sequence
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq

from tests.sources.storage import jpeg

__all__ = ["IMAGE_TYPE", "hugging_face_rows", "lemmas", "parquet_table", "write_parquet"]

IMAGE_TYPE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def hugging_face_rows(paths: Sequence[str | None], labels: Sequence[int], names: Sequence[str]) -> datasets.Dataset:
    """A split with an image and a label column, as `imagefolder` and the hub have it."""
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=list(names))})
    images = [{"bytes": jpeg(seed), "path": path} for seed, path in enumerate(paths)]
    return datasets.Dataset.from_dict({"image": images, "label": list(labels)}, features=features)


def parquet_table(
    paths: Sequence[str | None], labels: Sequence[object], label_type: pa.DataType | None = None
) -> pa.Table:
    """A table without Hugging Face's metadata."""
    images = [{"bytes": jpeg(seed), "path": path} for seed, path in enumerate(paths)]
    return pa.table({"image": pa.array(images, IMAGE_TYPE), "label": pa.array(labels, label_type)})


def write_parquet(path: Path, table: pa.Table, row_group_size: int = 2) -> None:
    """Write a table in small row groups, so that a file has several."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, row_group_size=row_group_size)


def lemmas(names: Sequence[str]) -> list[str]:
    """Names as the hub's ImageNet has them: synonyms after a comma, and a number where two classes share a name."""
    seen: set[str] = set()
    result: list[str] = []
    for name in names:
        text = f"{name}, Latin {name}" if len(result) % 2 else name
        result.append(f"{name}2" if name in seen else text)
        seen.add(name)
    return result
