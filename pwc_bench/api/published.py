"""Published records: files of JSON Lines that are reviewed like code and live beside the database."""

from collections.abc import Sequence
from pathlib import Path

from pwc_bench.api.places import sqlite_path
from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record

_NO_RECORDS = "accepted.jsonl"
"""It lies among them and holds accepted changes."""


def published_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of records in `folder`, by name: every *.jsonl but that of accepted changes."""
    return tuple(path for path in sorted(folder.glob("*.jsonl")) if path.name != _NO_RECORDS and path.is_file())


def published_records(db: str, named: Sequence[Path] | None, observer: Observer) -> tuple[Record, ...]:
    """Return the records of the files and folders `named`, each once; None: of the folder in which `db` lies.

    For a database behind a URL that is results/ in the current folder. What was named must hold records, or
    RecordFormatError says so; what merely lies beside the database and holds none is passed over with a warning.
    """
    from pwc_bench.exchange import read_records

    path = sqlite_path(db)
    places = (Path("results") if path is None else path.parent,) if named is None else named
    found: dict[str, Record] = {}
    for place in places:
        for file in published_files(place) if place.is_dir() else (place,):
            try:
                found.update((record.id, record) for record in read_records(file))
            except RecordFormatError as error:
                if named is not None:
                    raise
                observer.warning(f"not shown: {error}")
    return tuple(found.values())
