"""Everything there is to show: a database, the published records beside it, and what the package knows by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pwc_bench.api.catalogue import load_catalogue
from pwc_bench.api.places import sqlite_path
from pwc_bench.api.published import published_records
from pwc_bench.core.archive import Archive, MemoryArchive
from pwc_bench.core.errors import UsageError
from pwc_bench.core.joined_archive import JoinedArchive
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record


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
