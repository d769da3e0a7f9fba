"""What records and knowledge there are, for those who read them and for the site; no torch is imported for it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.places import load_catalogue, sqlite_path
from pwc_bench.core.archive import Archive, JoinedArchive, MemoryArchive
from pwc_bench.core.errors import RecordFormatError, StoreError, UsageError
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record

if TYPE_CHECKING:
    from pwc_bench.site.build import SiteReport

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


@dataclass(frozen=True, slots=True)
class Known:
    """An archive of all records, and a way to one of them."""

    archive: Archive
    published: tuple[Record, ...]
    """Those that lie in files beside the database."""
    find_stored: Callable[[str], Record] | None
    """Returns the database's record whose id begins so, else raises StoreError; None where there is no database."""

    def find_record(self, id_prefix: str) -> Record | None:
        """Return the record whose id begins with these hexadecimal digits, None where there is no database to ask.

        Raises UsageError where several begin so, StoreError where none does.
        """
        prefix = id_prefix.lower()
        found = {record.id: record for record in self.published if record.id.startswith(prefix)}
        if len(found) > 1:
            raise UsageError(f"the ids of several records begin with {prefix!r}: give more of its digits")
        if found:
            return next(iter(found.values()))
        return None if self.find_stored is None else self.find_stored(id_prefix)


@contextmanager
def known(db: str, observer: Observer) -> Iterator[Known]:
    """Open what there is, as `pwc-bench build` shows it; before the first run, what is published and packaged.

    Raises StoreError where there is a database that cannot be read. A file beside it that holds no records is passed
    over with a warning.
    """
    records = published_records(db, None, observer)
    path = sqlite_path(db)
    if path is not None and not path.exists():
        yield Known(archive_of(records), records, None)
        return
    from pwc_bench.store import open_existing_store

    with open_existing_store(db) as store:
        stored = store.archive(load_catalogue())
        archive = JoinedArchive(stored, records) if records else stored
        yield Known(archive, records, store.find_record)


def archive_of(records: tuple[Record, ...]) -> Archive:
    """Return `records` beside the knowledge that ships with the package."""
    from pwc_bench.exchange import load_knowledge

    packaged = load_knowledge()
    return MemoryArchive(
        catalogue=load_catalogue(),
        all_records=records,
        all_papers=packaged.papers,
        all_tasks=packaged.tasks,
        all_datasets=packaged.datasets,
        all_methods=packaged.methods,
        all_claims=packaged.claims,
    )


def publish_database(
    db: str, site: Path, *, base_url: str | None, observer: Observer, published: Sequence[Path] | None = None
) -> "SiteReport":
    """Render what a database holds beside the published records, with today's knowledge of publications.

    `published` are files of records, or folders of them; by default those beside the database. A record that several
    hold is shown once. Without a database the published records are rendered alone. Raises StoreError, where there is
    neither, RecordFormatError and PublishError.

    The knowledge that ships with the package is stored first, so that a database made before a claim was added shows
    it too. A database that cannot be written is shown as it is, with a warning.
    """
    from pwc_bench.exchange import load_knowledge
    from pwc_bench.site.build import publish
    from pwc_bench.store import open_existing_store

    records = published_records(db, published, observer)
    path = sqlite_path(db)
    if records and path is not None and not path.exists():
        return publish_records(records, site, base_url=base_url, observer=observer)
    with open_existing_store(db) as store:
        try:
            store.sync_knowledge(load_knowledge())
        except StoreError as error:
            observer.warning(f"the claims shown are those of the last run: {error}")
        archive = store.archive(load_catalogue())
        joined = JoinedArchive(archive, records) if records else archive
        return publish(joined, site, base_url=base_url, observer=observer)


def publish_records(
    records: tuple[Record, ...], site: Path, *, base_url: str | None, observer: Observer
) -> "SiteReport":
    """Render `records` beside the knowledge that ships with the package. Raises PublishError."""
    from pwc_bench.site.build import publish

    return publish(archive_of(records), site, base_url=base_url, observer=observer)
