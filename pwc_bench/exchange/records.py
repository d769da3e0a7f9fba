"""Records as JSON Lines: one record a line, read and written without holding more than one."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.files import opened_file, text_lines
from pwc_bench.core.record import Record, record_to_json
from pwc_bench.core.record_json import record_from_json


def read_records(path: Path) -> Iterator[Record]:
    """Read the records of a JSON Lines file one by one; empty lines are passed over.

    Raises RecordFormatError, which names the file and the line, at the first line that is not a record.
    """
    with opened_file(path, RecordFormatError) as file:
        yield from _records(str(path), file)


def parse_records(content: bytes, name: str) -> Iterator[Record]:
    """Read the records in the bytes of a file called `name`, from wherever they came. Raises as `read_records`."""
    yield from _records(name, content)


def write_jsonl(records: Iterable[Record], stream: TextIO) -> None:
    """Write each record as one line of JSON, in the order given."""
    stream.writelines(record_to_json(record) + "\n" for record in records)


def _records(name: str, file: BinaryIO | bytes) -> Iterator[Record]:
    for number, line in enumerate(text_lines(file, name, RecordFormatError), start=1):
        if line.strip():
            yield _record(name, number, line)


def _record(name: str, number: int, line: str) -> Record:
    try:
        return record_from_json(line)
    except RecordFormatError as error:
        raise RecordFormatError(f"{name}:{number}: {error}") from None
