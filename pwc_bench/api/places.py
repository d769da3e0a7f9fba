"""Where things are kept, and what is known from there: records, knowledge, families, data sets."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pwc_bench.core.archive import Archive, Catalogue, MemoryArchive
from pwc_bench.core.errors import RecordFormatError, UsageError
from pwc_bench.core.files import user_path
from pwc_bench.core.joined_archive import JoinedArchive
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record


def default_database() -> str:
    """Return the database that `PWC_BENCH_DB` names, else results/pwc-bench.db in the current folder."""
    return os.environ.get("PWC_BENCH_DB") or str(Path("results", "pwc-bench.db"))


def default_site() -> Path:
    """Return the folder that `PWC_BENCH_SITE` names, else "site" in the current folder."""
    return user_path(os.environ.get("PWC_BENCH_SITE") or "site")


def cache_folder() -> Path:
    """Return the folder that `PWC_BENCH_CACHE` names, else pwc-bench in the user's cache folder."""
    named = os.environ.get("PWC_BENCH_CACHE")
    if named:
        return user_path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    # The XDG rules say that a relative path there is to be ignored.
    if base and Path(base).is_absolute():
        return Path(base, "pwc-bench")
    try:
        return Path.home() / ".cache/pwc-bench"
    except RuntimeError:
        raise UsageError("no home folder is known here: name a folder for the cache with PWC_BENCH_CACHE") from None


@contextmanager
def using(cache: Path) -> Iterator[Path]:
    """Give the cache, which `emptying` leaves alone meanwhile; it is made if it is missing."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        yield cache  # whoever needs it will say what is wrong with it
        return
    with _locked(cache, fcntl.LOCK_SH):
        yield cache


@contextmanager
def emptying(cache: Path) -> Iterator[bool]:
    """Tell whether the cache may be emptied, which is so while nobody uses it; who wants to use it waits meanwhile."""
    if not cache.is_dir():
        yield True
        return
    with _locked(cache, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_locked:
        yield is_locked


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[bool]:
    """Lock a folder, and tell whether that was possible: the lock ends with the process, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass  # a file system without locks
        yield True
    finally:
        os.close(descriptor)


def default_quiet_budget() -> float:
    """Return the seconds that `PWC_BENCH_QUIET_BUDGET` names, else 10. Raises UsageError where it is no number."""
    named = os.environ.get("PWC_BENCH_QUIET_BUDGET")
    try:
        return float(named) if named else 10.0
    except ValueError:
        raise UsageError(f"PWC_BENCH_QUIET_BUDGET={named}: must be a number of seconds") from None


def sqlite_path(db: str) -> Path | None:
    """Return the file of an SQLite database, named by its path or its URL; None for any other database."""
    scheme, separator, rest = db.partition("://")
    if not separator:
        return user_path(db)
    if scheme.startswith("sqlite") and rest.startswith("/"):
        return Path(rest[1:].partition("?")[0])
    return None


def load_catalogue() -> Catalogue:
    """Load the declared variants, data sets and metrics; no torch is imported for it."""
    from pwc_bench.datasets import load_datasets
    from pwc_bench.families import load_variants
    from pwc_bench.metrics import load_metrics

    return Catalogue(variants=load_variants(), datasets=load_datasets(), metrics=load_metrics())


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
