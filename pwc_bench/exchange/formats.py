"""What a format of files is, by what a file is told, and how a large one is opened."""

import gzip
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TextIO

from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import UsageError, library_errors_as
from pwc_bench.core.files import opened_file
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Head:
    """What a file is told by: its name and its beginning, never more of a guess."""

    name: str
    text: str
    """The first characters, unpacked from gzip, without white space before them."""


@dataclass(slots=True)
class Tally:
    """What became of the values of a file."""

    tasks: int = 0
    tables: int = 0
    claims: int = 0
    measured: int = 0
    """Values of tables that pwc-bench measured: these are records, and come as records."""
    refused: Counter[str] = field(default_factory=Counter)
    """How many values or rows were refused, by reason."""
    examples: dict[str, str] = field(default_factory=dict)
    """The first one of each reason: "'Please tell us' (Test Accuracy of SAGN)"."""

    def refuse(self, reason: str, example: str, count: int = 1) -> None:
        """Count what was refused."""
        self.refused[reason] += count
        self.examples.setdefault(reason, example)


class ClaimsReader(Protocol):
    """Reads one file of claims; `tally` fills while it is read."""

    tally: Tally

    def parts(self, stream: TextIO, name: str) -> Iterator[Knowledge]:
        """Yield what the file says, part by part. Raises KnowledgeError, which begins with `name`, if it is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form of files that comes in, goes out, or both. Its module, or another package's entry point, declares it."""

    key: str
    """What `--format` names it: "csv"."""
    title: str
    """Whose form it is; what a file of claims brought is kept under this name and its own: "PWC Archive"."""
    aliases: tuple[str, ...] = ()
    """Further names that `--format` takes."""
    recognises: Callable[[Head], bool] = lambda head: False  # noqa: ARG005
    """Tells its own files apart from any others."""
    records: Callable[[Path], Iterator[Record]] | None = None
    """Reads records. Raises RecordFormatError at the first line that is none."""
    knowledge: Callable[[Path], Knowledge] | None = None
    """Reads a submission whole. Raises KnowledgeError."""
    claims: Callable[[Archive], ClaimsReader] | None = None
    """Makes a reader of one file of claims, which may be large; the archive tells it the names that are known."""
    write: Callable[[Archive, Iterable[Record], TextIO], None] | None = None
    """Writes records, newest first, or claims and records together."""
    attribution: str = ""
    """What must be said wherever its data is shown."""


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


def head_of(path: Path) -> Head:
    """Read what a file is told by. Raises UsageError if it cannot be read."""
    with (
        library_errors_as(UsageError, f"{path}: cannot be read", "fetch it again"),
        gzip.open(path) if is_gzip(path) else opened_file(path, UsageError) as file,
    ):
        return Head(path.name, file.read(4096).decode("utf-8-sig", "replace").lstrip())


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
