"""Parquet files, as Hugging Face writes them: one file, or a folder of them, with the class names in the schema."""

import bisect
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pwc_bench.core.dataset import ImageSource, Item
from pwc_bench.core.errors import ImageError, SourceError, library_errors_as
from pwc_bench.sources._columns import ClassIndex, Columns, find_columns
from pwc_bench.sources._files import check_plain
from pwc_bench.sources._items import Form, in_order
from pwc_bench.sources._location import Location, files_of_split, list_folder
from pwc_bench.sources._rows import Row, image_bytes, named_items, rows_of_batch, text_of_cell

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


MAX_GROUP_BYTES = 512 * 1024**2
"""A row group of more images than fit into this is refused: memory must not grow with the data set."""

CACHE_BYTES = 256 * 1024**2
"""What the cached row groups may take together, but for those being read."""


class RowGroup(NamedTuple):
    """One row group of one file."""

    file: int
    group: int


class RowGroupCache:
    """The image column of row groups, read when first asked for, the longest unused forgotten."""

    def __init__(self, paths: Sequence[Path], column: str, spec: str) -> None:
        self._paths = tuple(paths)
        self._column = column
        self._groups: list[RowGroup] = []
        self._first_rows: list[int] = []
        self._lock = threading.Lock()
        self._held: OrderedDict[RowGroup, Future[pa.ChunkedArray]] = OrderedDict()
        self._metadata = [open_parquet(path, spec).metadata for path in paths]
        largest_bytes = self._list_groups(spec)
        self._capacity = max(2, CACHE_BYTES // max(1, largest_bytes))

    def _list_groups(self, spec: str) -> int:
        """Note where each group begins; return the size of the largest."""
        rows, largest_bytes = 0, 0
        for number, metadata in enumerate(self._metadata):
            for group in range(metadata.num_row_groups):
                described = metadata.row_group(group)
                if described.total_byte_size > MAX_GROUP_BYTES:
                    raise SourceError(
                        f"{spec}: a row group of {described.num_rows} rows in {self._paths[number].name} takes "
                        f"{described.total_byte_size:,} bytes; write the file again with row_group_size=100"
                    )
                self._groups.append(RowGroup(number, group))
                self._first_rows.append(rows)
                rows += described.num_rows
                largest_bytes = max(largest_bytes, described.total_byte_size)
        return largest_bytes

    def place_of(self, number: int) -> tuple[RowGroup, int]:
        """Return the group of row `number`, counted over all files, and the row's number in it."""
        place = bisect.bisect_right(self._first_rows, number) - 1
        return self._groups[place], number - self._first_rows[place]

    def column(self, group: RowGroup) -> "pa.ChunkedArray":
        """Return the image column of a group; two threads never read the same twice.

        Raises what pyarrow raises if the file is damaged.
        """
        with self._lock:
            held = self._held.get(group)
            is_ours = held is None
            if held is None:
                held = self._held[group] = Future()
                while len(self._held) > self._capacity:
                    self._held.popitem(last=False)
            self._held.move_to_end(group)
        if is_ours:
            self._read(group, held)
        return held.result()

    def clear(self) -> None:
        """Forget all groups."""
        with self._lock:
            self._held.clear()

    def _read(self, group: RowGroup, held: "Future[pa.ChunkedArray]") -> None:
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self._paths[group.file], metadata=self._metadata[group.file]) as file:
                table = file.read_row_group(group.group, columns=[self._column], use_threads=False)
            held.set_result(table.column(self._column))
        except BaseException as error:
            held.set_exception(error)
            with self._lock:
                self._held.pop(group, None)
            raise


def open_parquet(path: Path, spec: str) -> "pq.ParquetFile":
    """Open a file and read its footer. Raises SourceError if it is none."""
    import pyarrow.parquet as pq

    check_plain(path, f"{spec}: {path.name}", SourceError)
    with library_errors_as(SourceError, f"{spec}: {path.name} is no parquet file, or cut short", "copy it again"):
        return pq.ParquetFile(path)


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
