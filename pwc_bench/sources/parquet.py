"""Parquet files, as Hugging Face writes them: one file, or a folder of them, with the class names in the schema."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.core.dataset import ImageSource, Item
from pwc_bench.core.errors import ImageError, SourceError, library_errors_as
from pwc_bench.sources._classes import ClassIndex
from pwc_bench.sources._columns import Columns, find_columns
from pwc_bench.sources._form import Form
from pwc_bench.sources._items import in_order
from pwc_bench.sources._location import Location, files_of_split, list_folder
from pwc_bench.sources._row_groups import RowGroup, RowGroupCache, open_parquet
from pwc_bench.sources._rows import Row, image_bytes, named_items, rows_of_batch, text_of_cell

if TYPE_CHECKING:
    import pyarrow as pa

_SUFFIX = ".parquet"


class ParquetSource:
    """Reads rows of parquet files through a small cache of their row groups."""

    def __init__(self, spec: str, paths: Sequence[Path], location: Location) -> None:
        self._spec = spec
        self._folders = (paths[0].parent,)
        index = ClassIndex(location.dataset)
        self._columns = _common_columns(paths, index, spec)
        self._cache = RowGroupCache(paths, self._columns.image, spec)
        rows = _all_rows(paths, self._columns, spec)
        self._items, numbers = in_order(named_items(rows, self._columns, index, spec), spec)
        self._places: tuple[tuple[RowGroup, int], ...] = tuple(self._cache.place_of(number) for number in numbers)

    @property
    def spec(self) -> str:
        """Say the form and the file's or folder's name."""
        return self._spec

    @property
    def items(self) -> Sequence[Item]:
        """List the images by name."""
        return self._items

    def read(self, index: int) -> bytes:
        """Return the encoded bytes of image `index`. Raises ImageError where they cannot be read."""
        name = self._items[index].name
        group, row = self._places[index]
        with library_errors_as(ImageError, f"{name}: the row cannot be read", "copy the file again"):
            value = self._cache.column(group)[row].as_py()
        return image_bytes(value, name, self._folders)

    def close(self) -> None:
        """Forget the cached row groups."""
        self._cache.clear()


def _recognises(location: Location) -> bool:
    if location.listing is None:
        return location.path is not None and location.path.name.lower().endswith(_SUFFIX)
    return bool(_files(location))


def _open(location: Location) -> ImageSource:
    spec = f"parquet {location.name}"
    if location.path is not None and location.listing is None:
        return ParquetSource(spec, location.shards or [location.path], location)
    return ParquetSource(spec, files_of_split(_files(location), location.split, spec), location)


def _files(location: Location) -> list[Path]:
    """List the parquet files of a folder, or of its `data/`, where a clone of a Hugging Face data set has them."""
    if location.path is None or location.listing is None:
        return []
    here = [location.path / name for name in location.listing.others if name.lower().endswith(_SUFFIX)]
    if here or "data" not in location.listing.folders:
        return here
    inside = location.path / "data"
    return [inside / name for name in list_folder(inside).others if name.lower().endswith(_SUFFIX)]


def _common_columns(paths: Sequence[Path], index: ClassIndex, spec: str) -> Columns:
    found = [find_columns(open_parquet(path, spec).schema_arrow, index, f"{spec} {path.name}") for path in paths]
    for path, columns in zip(paths, found, strict=True):
        if columns != found[0]:
            raise SourceError(f"{spec}: {path.name} has other columns or class names than {paths[0].name}")
    return found[0]


def _all_rows(paths: Sequence[Path], columns: Columns, spec: str) -> Iterator[Row]:
    """Yield the rows of all files in order, reading the labels and paths only."""
    wanted = [columns.label, f"{columns.image}.path"] if columns.is_struct else [columns.label]
    for path in paths:
        file = open_parquet(path, spec)
        with library_errors_as(SourceError, f"{spec}: {path.name} is damaged", "copy it again"):
            for batch in file.iter_batches(columns=wanted):
                yield from _rows_without_images(batch, columns)


def _rows_without_images(batch: "pa.RecordBatch", columns: Columns) -> Iterator[Row]:
    if columns.image in batch.schema.names:
        yield from rows_of_batch(batch, columns)
    else:
        yield from (Row(None, text_of_cell(label)) for label in batch.column(columns.label).to_pylist())


FORM = Form("parquet", "parquet files", _recognises, _open)
