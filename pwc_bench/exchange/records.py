"""Records as JSON Lines: one record a line, read and written without holding more than one."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.record import Record
from pwc_bench.core.record_json import record_from_json, record_to_json

__all__ = ["read_records", "write_jsonl"]


def read_records(path: Path) -> Iterator[Record]:
    """Read the records of a JSON Lines file one by one; empty lines are passed over.

    Raises RecordFormatError, which names the file and the line, at the first line that is not a record.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _record(path, number, line)
    except OSError as error:
        raise RecordFormatError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RecordFormatError(f"{path}: not UTF-8 text: this is no file of records") from None


def write_jsonl(records: Iterable[Record], stream: TextIO) -> None:
    """Write each record as one line of JSON, in the order given."""
    stream.writelines(record_to_json(record) + "\n" for record in records)


def _record(path: Path, number: int, line: str) -> Record:
    try:
        return record_from_json(line)
    except RecordFormatError as error:
        raise RecordFormatError(f"{path}:{number}: {error}") from None
