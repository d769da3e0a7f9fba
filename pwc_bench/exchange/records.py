"""Records as JSON Lines: one record a line, read and written without holding more than one."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.record import Record
from pwc_bench.core.record_json import record_from_json, record_to_json

__all__ = ["parse_records", "read_records", "write_jsonl"]


def read_records(path: Path) -> Iterator[Record]:
    """Read the records of a JSON Lines file one by one; empty lines are passed over.

    Raises RecordFormatError, which names the file and the line, at the first line that is not a record.
    """
    try:
        with path.open(encoding="utf-8-sig") as lines:
            yield from _records(str(path), lines)
    except OSError as error:
        raise RecordFormatError(f"{path}: cannot be read: {error.strerror}") from None


def parse_records(content: bytes, name: str) -> Iterator[Record]:
    """Read the records in the bytes of a file called `name`, from wherever they came. Raises as `read_records`."""
    yield from _records(name, io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig"))


def write_jsonl(records: Iterable[Record], stream: TextIO) -> None:
    """Write each record as one line of JSON, in the order given."""
    stream.writelines(record_to_json(record) + "\n" for record in records)


def _records(name: str, lines: Iterable[str]) -> Iterator[Record]:
    try:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _record(name, number, line)
    except UnicodeDecodeError:
        raise RecordFormatError(f"{name}: not UTF-8 text: this is no file of records") from None


def _record(name: str, number: int, line: str) -> Record:
    try:
        return record_from_json(line)
    except RecordFormatError as error:
        raise RecordFormatError(f"{name}:{number}: {error}") from None
