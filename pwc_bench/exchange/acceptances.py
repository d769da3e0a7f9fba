"""results/accepted.jsonl: one accepted value a line, only ever added to, reviewed like code."""

import json
import os
import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.files import file_bytes, text_lines
from pwc_bench.core.record_schema import Filled, Form, Line, Name, Number, Size, convert, known_version, parse_json

ACCEPTED = "accepted.jsonl"
"""The name of the file, beside the records of a baseline."""
SCHEMA = 1
"""The version of a line's form."""

_LOCK_SECONDS = 30.0
_MOST_BYTES = 64 << 20
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
    return parse_acceptances(file_bytes(path, _MOST_BYTES, RecordFormatError), str(path))


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
