"""What a file is that somebody wants to bring: told by its name and its first character, never by more of a guess."""

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from pwc_bench.core.errors import UsageError, library_errors_as
from pwc_bench.core.files import opened_file
from pwc_bench.core.observer import Observer

_GZIP = b"\x1f\x8b"


class Form(StrEnum):
    """The forms that can be read."""

    RECORDS = "records"
    """Records, one JSON object a line."""
    PWC = "pwc"
    """Evaluation tables of the PWC Archive, one JSON array."""
    SUBMISSION = "submission"
    """Claims, in YAML."""


def detect_form(path: Path) -> Form:
    """Tell the form of a file. Raises UsageError where it cannot be read, or is none of them."""
    if path.suffix in {".yaml", ".yml"}:
        return Form.SUBMISSION
    first = _first_character(path)
    if first == "[":
        return Form.PWC
    if first == "{":
        return Form.RECORDS
    raise UsageError(f"{path}: neither records (JSON Lines) nor evaluation tables (a JSON array): name its --format")


def files_of(path: Path) -> list[Path]:
    """Return the files of records in a folder, by name, or the file itself. Raises UsageError where there is none.

    `accepted.jsonl` holds decisions on regressions and no records.
    """
    if not path.is_dir():
        if not path.exists():
            raise UsageError(f"{path}: there is no such file")
        return [path]
    found = sorted(entry for entry in path.glob("*.jsonl") if entry.name != "accepted.jsonl")
    if not found:
        raise UsageError(f"{path}: there is no file of records (*.jsonl) in this folder")
    return found


def is_gzip(path: Path) -> bool:
    """Tell whether a file is compressed by gzip, by its first bytes. Raises UsageError where it cannot be read."""
    with opened_file(path, UsageError) as file:
        return file.read(2) == _GZIP


def _first_character(path: Path) -> str:
    with (
        library_errors_as(UsageError, f"{path}: cannot be read", "fetch it again"),
        gzip.open(path) if is_gzip(path) else opened_file(path, UsageError) as file,
    ):
        return file.read(4096).decode("utf-8-sig", "replace").lstrip()[:1]


_MIB = 2**20


class _Counting(io.RawIOBase):
    """Reads a file's bytes and reports them in MiB: of a compressed file those of the disk."""

    def __init__(self, path: Path, observer: Observer) -> None:
        self._file = opened_file(path, UsageError)
        self._size_mib = path.stat().st_size / _MIB
        self._observer = observer
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        count = self._file.readinto(buffer)  # type: ignore[arg-type]  # a writable buffer, as io hands it on
        self._bytes += count
        if self._size_mib >= 1:
            self._observer.progress(int(self._bytes / _MIB), int(self._size_mib), "MiB")
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


@contextmanager
def opened_text(path: Path, observer: Observer) -> Iterator[TextIO]:
    """Open a UTF-8 text, unpacking gzip on the way. Raises UsageError where it cannot be opened."""
    packed = is_gzip(path)
    raw = io.BufferedReader(_Counting(path, observer), buffer_size=_MIB)
    with raw:
        if packed:
            yield io.TextIOWrapper(gzip.GzipFile(fileobj=raw), encoding="utf-8-sig")
        else:
            yield io.TextIOWrapper(raw, encoding="utf-8-sig")
