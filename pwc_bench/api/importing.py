"""Files into the database: records, submissions, claims in whatever format they come."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from pwc_bench.api.places import load_catalogue
from pwc_bench.core.errors import KnowledgeError, UsageError, library_errors_as
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record
from pwc_bench.exchange import load_knowledge_file, read_records
from pwc_bench.exchange.formats import ClaimsReader, Format, Tally, is_gzip, opened_text
from pwc_bench.exchange.records import Copied, copy_predictions
from pwc_bench.exchange.submission import Review, origin_of, review, statements, with_known_data
from pwc_bench.store import Store, SyncedClaims

MOST_REMOVED = 0.1
"""The share of an earlier file's claims that a newer one may drop without being asked: more looks cut off."""
_COUNTED = 1_000
"""Records are counted aloud in steps of so many."""


@dataclass(slots=True)
class ImportedRecords:
    """What became of a file of records."""

    new: int = 0
    known: int = 0
    """Records that the database, or an earlier line, holds already."""
    predictions: Counter[Copied] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class ImportedClaims:
    """What became of a file of claims."""

    tally: Tally
    claims: SyncedClaims
    origin: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission."""

    review: Review
    claims: SyncedClaims
    origin: str


def import_records(
    path: Path, store: Store, observer: Observer, *, read: Callable[[Path], Iterator[Record]] = read_records
) -> ImportedRecords:
    """Add the records that `read` finds in a file: by default one of JSON Lines.

    Every line is read and its id verified before the first one is added. Raises RecordFormatError, which names the
    line, where one is no record or was changed after it was written.
    """
    if is_gzip(path):
        raise UsageError(f"{path}: compressed records cannot be read: unpack the file first")
    observer.stage(f"{path.name}: verifying the ids")
    count = sum(1 for _ in read(path))
    found = ImportedRecords()
    observer.stage(f"{path.name}: adding the records")
    for done, record in enumerate(read(path), start=1):
        if record.provenance.predictions is not None:
            # The file first: a stored record never names a file that will still come.
            found.predictions[copy_predictions(record.provenance.predictions, path.parent, store.folder)] += 1
        is_new = store.add(record)
        found.new += is_new
        found.known += not is_new
        if done % _COUNTED == 0:
            observer.progress(done, count, "records")
    return found


def import_claims(
    path: Path, store: Store, observer: Observer, form: Format, *, most_removed: float = MOST_REMOVED
) -> ImportedClaims:
    """Add the claims of a file, streaming, all of them or none.

    What an earlier import of a file of this name brought, and this one does not say, is removed; but more than the
    share `most_removed` of the claims is not. Raises KnowledgeError then, or if the file is not of this format.
    """
    if form.claims is None:
        raise AssertionError
    observer.stage(f"{path.name}: reading the tables")
    reader = form.claims(store.archive(load_catalogue()))
    origin = f"{form.title} {path.name}"
    with opened_text(path, observer) as stream:
        claims = store.sync_parts(_parts(reader, stream, path, form), origin=origin, most_removed=most_removed)
    return ImportedClaims(reader.tally, claims, origin)


def _parts(reader: ClaimsReader, stream: TextIO, path: Path, form: Format) -> Iterator[Knowledge]:
    """Yield what a reader finds; whatever error another package's reader makes is one of this file."""
    with library_errors_as(KnowledgeError, f"{path}: cannot be read as {form.title}", "name its --format, or mend it"):
        yield from reader.parts(stream, str(path))


def review_submission(path: Path, store: Store, submitter: str | None = None) -> Review:
    """Read a submission and set it beside what the database holds; nothing is written. Raises KnowledgeError."""
    return _review(_read(path, store), store, origin_of(path.name, submitter))


def submit(path: Path, store: Store, submitter: str | None = None) -> Submitted:
    """Keep a submission under its file's name and its submitter's. Raises KnowledgeError.

    The same file, given again, replaces what it said before.
    """
    knowledge, origin = _read(path, store), origin_of(path.name, submitter)
    found = _review(knowledge, store, origin)
    return Submitted(found, store.sync_knowledge(knowledge, origin=origin), origin)


def _read(path: Path, store: Store) -> Knowledge:
    knowledge = load_knowledge_file(path)
    return with_known_data(knowledge, store.held_claims(statements(knowledge)))


def _review(knowledge: Knowledge, store: Store, origin: str) -> Review:
    held = store.held_claims(knowledge.claims)
    return review(knowledge, origin, store.archive(load_catalogue()), held)
