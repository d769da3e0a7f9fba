"""A split of Hugging Face datasets as a source. Its images are read as bytes and never decoded by it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.core.dataset import Dataset, Item
from pwc_bench.core.errors import ImageError, SourceError, library_errors_as
from pwc_bench.sources._classes import ClassIndex
from pwc_bench.sources._columns import find_columns
from pwc_bench.sources._items import in_order
from pwc_bench.sources._location import split_names
from pwc_bench.sources._rows import Row, image_bytes, named_items, rows_of_batch

if TYPE_CHECKING:
    import datasets

_ROWS_AT_ONCE = 256


class HuggingFaceSource:
    """Reads rows of one split, which maps its files into memory and does not load them."""

    def __init__(self, spec: str, rows: "datasets.Dataset", dataset: Dataset, folders: tuple[Path, ...]) -> None:
        """Take the rows, and the folders below which a row's image may lie if it is a file of its own."""
        self._spec = spec
        self._folders = folders
        self._rows = rows.with_format("arrow")  # raw tables: nothing is decoded
        index = ClassIndex(dataset)
        self._columns = find_columns(rows.features.arrow_schema, index, spec)
        self._items, self._numbers = in_order(named_items(self._all_rows(), self._columns, index, spec), spec)

    @property
    def spec(self) -> str:
        """Say the form, the name and the split."""
        return self._spec

    @property
    def items(self) -> Sequence[Item]:
        """List the images by name."""
        return self._items

    def read(self, index: int) -> bytes:
        """Return the encoded bytes of image `index`. Raises ImageError where they cannot be read."""
        name = self._items[index].name
        with library_errors_as(ImageError, f"{name}: the row cannot be read", "fetch or save the data set again"):
            row = self._rows[self._numbers[index]]
            value = row.column(self._columns.image)[0].as_py()
        return image_bytes(value, name, self._folders)

    def close(self) -> None:
        """Do nothing: the files are mapped for as long as the source is held."""

    def _all_rows(self) -> Iterator[Row]:
        for batch in self._rows.iter(_ROWS_AT_ONCE):
            yield from rows_of_batch(batch, self._columns)


def choose_split(available: Sequence[str], split: str, where: str) -> str:
    """Return which of the splits that a data set has is meant. Raises SourceError where none is."""
    wanted = (*split_names(split), "test") if split == "val" else split_names(split)
    for name in wanted:
        if name in available:
            return name
    raise SourceError(f"{where}: has no split {' or '.join(wanted)}, only {', '.join(available) or 'none'}")
