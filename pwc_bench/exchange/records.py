"""Folders of published records: their lines, their predictions, the changes accepted beside them."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TextIO

from filelock import FileLock, Timeout

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.files import file_bytes, opened_file, text_lines, user_path
from pwc_bench.core.record import PredictionsFile, Record, record_to_json
from pwc_bench.core.record_json import record_from_json
from pwc_bench.core.record_schema import Filled, Form, Line, Name, Number, Size, convert, known_version, parse_json
from pwc_bench.exchange.formats import Format


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


FORMAT = Format(
    key="jsonl",
    aliases=("records",),
    title="records",
    recognises=lambda head: head.text.startswith("{"),
    records=read_records,
    write=lambda archive, records, stream: write_jsonl(records, stream),  # noqa: ARG005
)


def _records(name: str, file: BinaryIO | bytes) -> Iterator[Record]:
    for number, line in enumerate(text_lines(file, name, RecordFormatError), start=1):
        if line.strip():
            yield _record(name, number, line)


def _record(name: str, number: int, line: str) -> Record:
    try:
        return record_from_json(line)
    except RecordFormatError as error:
        raise RecordFormatError(f"{name}:{number}: {error}") from None


ACCEPTED = "accepted.jsonl"
"""The name of the file, beside the records of a baseline."""
SCHEMA = 1
"""The version of a line's form."""

_LOCK_SECONDS = 30.0
_MOST_ACCEPTED_BYTES = 64 << 20
"""A file of accepted values is written by hand, one line at a time."""


class AcceptanceForm(Form, frozen=True, gc=False):
    """A line's fields, see `pwc_bench.core.acceptance.Acceptance`."""

    variant: Name
    metric: Name
    metric_version: Size
    value: Number | None
    reason: Filled
    accepted_by: Filled
    accepted_at: Line
    dataset: Name | None = None
    text: Filled | None = None
    record: Name | None = None


def read_acceptances(path: Path) -> tuple[Acceptance, ...]:
    """Return what a file accepts, nothing where there is no file. Raises RecordFormatError: file, line and reason."""
    if not os.path.lexists(path):
        return ()
    return parse_acceptances(file_bytes(path, _MOST_ACCEPTED_BYTES, RecordFormatError), str(path))


def parse_acceptances(content: bytes, name: str) -> tuple[Acceptance, ...]:
    """Return what the bytes of a file called `name` accept. Raises RecordFormatError as `read_acceptances` does."""
    found = []
    for number, line in enumerate(text_lines(content, name, RecordFormatError), start=1):
        if line.strip():
            try:
                found.append(_acceptance(line))
            except RecordFormatError as error:
                raise RecordFormatError(f"{name}:{number}: {error}") from None
    return tuple(found)


def append_acceptance(path: Path, acceptance: Acceptance) -> None:
    """Add a line. The file appears whole or stays as it was; of several writers at once one waits for the other.

    Raises RecordFormatError where the file cannot be written or holds something else.
    """
    line = json.dumps({"schema": SCHEMA} | asdict(acceptance), ensure_ascii=False)
    _acceptance(line)  # what nobody could read is never written
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(path.name + ".lock"), timeout=_LOCK_SECONDS):
            read_acceptances(path)  # a damaged file is told now, and not by everyone who reads it later
            before = path.read_bytes() if path.exists() else b""
            if before and not before.endswith(b"\n"):
                before += b"\n"
            _replace(path, before + f"{line}\n".encode())
    except Timeout:
        raise RecordFormatError(f"{path}: another program holds it: try again when that is done") from None
    except OSError as error:
        raise RecordFormatError(f"{path}: cannot be written: {error.strerror or error}") from None


def _replace(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _acceptance(line: str) -> Acceptance:
    """Read one line. Raises RecordFormatError with what is wrong."""
    data = parse_json(line)
    if not isinstance(data, dict):
        raise RecordFormatError("an accepted value is a JSON object")
    known_version(data.pop("schema", None), SCHEMA)
    found = Acceptance(**convert(data, AcceptanceForm).values())
    if found.value is None and found.text is None:
        raise RecordFormatError("neither 'value' nor 'text' says what is accepted")
    try:
        datetime.fromisoformat(found.accepted_at)
    except ValueError:
        raise RecordFormatError(f"field 'accepted_at' is no date of ISO 8601: {found.accepted_at!r}") from None
    return found


_MOST_BYTES = 1 << 30
"""A file beside records that is larger is none of ours: predictions of a million images take 100 MB."""


class AbsentError(Exception):
    """A file that should lie beside records cannot be had; one sentence says why."""


@dataclass(frozen=True, eq=False, slots=True)
class Shelf:
    """Some records, and a way to the files that they name."""

    name: str
    """What people call it: "results", "git:main:results (1a2b3c4d5e)"."""
    records: tuple[Record, ...]
    read: Callable[[str], bytes]
    """Returns the bytes of a file, by its path relative to where the records lie. Raises AbsentError."""
    acceptances: tuple[Acceptance, ...] = ()
    """What `accepted.jsonl` beside the records lets pass."""


def file_shelf(path: Path) -> Shelf:
    """Open a JSON Lines file. Raises RecordFormatError where it cannot be read or holds something else."""
    if path.name == ACCEPTED:
        raise RecordFormatError(f"{path} holds accepted values and no records: give a file of records, or its folder")
    records = distinct(read_records(path))
    return Shelf(public_path(path), records, reader_below(path.parent), read_acceptances(path.parent / ACCEPTED))


def folder_shelf(folder: Path) -> Shelf:
    """Open all JSON Lines files of a folder, one for each campaign. Raises RecordFormatError as `file_shelf` does."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".jsonl" and path.name != ACCEPTED)
    except OSError as error:
        raise RecordFormatError(f"{folder}: cannot be read: {error.strerror}") from None
    records = distinct(record for path in files for record in read_records(path))
    return Shelf(public_path(folder), records, reader_below(folder), read_acceptances(folder / ACCEPTED))


def distinct(records: Iterable[Record]) -> tuple[Record, ...]:
    """Return `records` without those that come a second time."""
    return tuple({record.id: record for record in records}.values())


def public_path(path: Path) -> str:
    """Return how reports name a path, which others read: never by the folders that lead to this one."""
    absolute, here = user_path(path).absolute(), Path.cwd()
    if absolute.is_relative_to(here):
        return str(absolute.relative_to(here))
    return str(path) if not path.is_absolute() else f"\N{HORIZONTAL ELLIPSIS}/{'/'.join(path.parts[-2:])}"


def beside(path: str) -> PurePosixPath:
    """Return a path that a record names. Raises AbsentError where it leads out of the records' own folder."""
    relative = PurePosixPath(path)
    if not path or relative.is_absolute() or ".." in relative.parts or "\\" in path or ":" in path:
        raise AbsentError(f"the record names {path!r}, which does not lie beside it")
    return relative


def reader_below(folder: Path) -> Callable[[str], bytes]:
    """Return how to read files below `folder`."""

    def read(path: str) -> bytes:
        place = folder / beside(path)
        if not os.path.lexists(place):
            raise AbsentError(f"there is no {path} beside its record")
        try:
            return file_bytes(place, _MOST_BYTES, RecordFormatError)
        except RecordFormatError as error:
            raise AbsentError(f"{path} is not read: {str(error).removeprefix(f'{place}: ')}") from None

    return read


_PATH = re.compile(r"predictions/[0-9a-f]{64}\.parquet")


class Copied(StrEnum):
    """What became of one file."""

    COPIED = "copied"
    PRESENT = "present"
    """The database's folder has it already."""
    ABSENT = "absent"
    """It does not lie beside the records."""
    REFUSED = "refused"
    """Its bytes are not those that the record names, or its path is none of ours."""


def copy_predictions(predictions: PredictionsFile, beside: Path, folder: Path) -> Copied:
    """Copy the file of a record that lies below `beside` to the same path below `folder`, whole or not at all."""
    if not _PATH.fullmatch(predictions.path):  # never outside the two folders
        return Copied.REFUSED
    source, target = beside / predictions.path, folder / predictions.path
    if target.is_file():
        return Copied.PRESENT
    if not source.is_file():
        return Copied.ABSENT
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.copying")
    try:
        shutil.copyfile(source, part)
        with part.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != predictions.sha256:
                return Copied.REFUSED
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Copied.COPIED
