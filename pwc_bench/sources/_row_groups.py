"""Row groups of parquet files, the unit in which they can be read: a few in memory, shared by all threads."""

import bisect
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pwc_bench.core.errors import SourceError, library_errors_as
from pwc_bench.sources._plain_files import check_plain

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
