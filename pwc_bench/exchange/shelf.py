"""Records where they lie, with the files beside them: on this machine, in a git revision, on the web."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.files import file_bytes, user_path
from pwc_bench.core.record import Record
from pwc_bench.exchange.acceptances import ACCEPTED, read_acceptances
from pwc_bench.exchange.records import read_records

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
