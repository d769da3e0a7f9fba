"""Rows of a table as images: names and labels of all, the bytes of one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from pwc_bench.core.dataset import Dataset, Item
from pwc_bench.core.errors import ImageError, SourceError, library_errors_as
from pwc_bench.sources._columns import ClassIndex, Columns, find_columns
from pwc_bench.sources._files import beside, file_bytes
from pwc_bench.sources._items import in_order
from pwc_bench.sources._location import split_names

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa


class Row(NamedTuple):
    """What a table says of an image besides its bytes."""

    path: str | None
    label: int | str | None


def rows_of_batch(batch: "pa.Table | pa.RecordBatch", columns: Columns) -> Iterator[Row]:
    """Yield the rows of a table; its images' bytes are not touched."""
    labels = batch.column(columns.label).to_pylist()
    yield from (Row(path, text_of_cell(label)) for path, label in zip(_paths(batch, columns), labels, strict=True))


def text_of_cell(value: bytes | int | str | None) -> int | str | None:
    """Return what a column of text holds, also if it stores the text as bytes."""
    return value.decode("utf-8", "replace").rstrip("\0") if isinstance(value, bytes) else value


def _paths(batch: "pa.Table | pa.RecordBatch", columns: Columns) -> list[str | None]:
    import pyarrow.compute as pc

    images = batch.column(columns.image)
    if not columns.is_struct or images.type.get_field_index("path") < 0:
        return [None] * len(images)
    paths = pc.struct_field(images, "path").to_pylist()
    return [None if path is None else str(text_of_cell(path)) for path in paths]


def named_items(rows: Iterable[Row], columns: Columns, index: ClassIndex, where: str) -> Iterator[tuple[Item, int]]:
    """Yield an item for each row, with the row's number.

    An image is named by its path's last part; where two have the same, all are named "class/file"; a row without a
    path is named by its number. Raises SourceError, beginning with `where`, for a row without a label, or an
    unknown one.
    """
    named = [
        (PurePosixPath(path).name if path else f"{number:08d}", _label(label, columns, index, f"{where} row {number}"))
        for number, (path, label) in enumerate(rows)
    ]
    counts = Counter(name for name, _ in named)
    is_unique = all(count == 1 for count in counts.values())
    for number, (name, label) in enumerate(named):
        yield Item(name if is_unique else f"{index.dataset.classes[label]}/{name}", label), number


def _label(label: int | str | None, columns: Columns, index: ClassIndex, where: str) -> int:
    if label is None or label in ("", -1):  # -1 is how Hugging Face marks a test split
        raise SourceError(f"{where}: unlabelled; use a split with labels, or remove the row")
    numbers = columns.label_of_number
    if numbers is not None and isinstance(label, int):
        if not 0 <= label < len(numbers):
            raise SourceError(f"{where}: the label {label} is not from 0 to {len(numbers) - 1}")
        return numbers[label]
    known = index.label_of_text(str(label))
    if known is None:
        raise SourceError(f"{where}: the label {label!r} does not mean exactly one class of {index.dataset.key}")
    return known


def image_bytes(value: object, name: str, folders: tuple[Path, ...]) -> bytes:
    """Return the bytes of a row's image, from the row or from the file that it names below one of `folders`.

    A relative path counts from the first of them. Raises ImageError, beginning with `name`, for neither.
    """
    data = value.get("bytes") if isinstance(value, dict) else value
    if isinstance(data, bytes):
        return data
    path = text_of_cell(value.get("path")) if isinstance(value, dict) else None
    if not isinstance(path, str) or not path:
        raise ImageError(f"{name}: the row holds neither bytes nor a path")
    return file_bytes(beside(folders, path, name), name)


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
