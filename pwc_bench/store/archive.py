"""The store as pages see it. It can be pickled: a worker process opens the database by itself."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, String, Table, select, type_coerce

from pwc_bench.core.archive import Campaign, Catalogue
from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Scope
from pwc_bench.core.record import Record
from pwc_bench.store import reads
from pwc_bench.store.database import Database
from pwc_bench.store.tables import Base, MeasurementRow, RecordRow

_CHUNK_ROWS = 2000


def content_hash(database: Database) -> str:
    """Return the SHA-256 of all rows in the order of their keys, read in one snapshot. Raises StoreError.

    Of a record its id is enough, which is the hash of its content and can never change; measurements repeat it.
    """
    found = hashlib.sha256()
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name == MeasurementRow.__tablename__:
                continue
            found.update(f"\n{table.name}\n".encode())
            columns = [table.c.id] if table.name == RecordRow.__tablename__ else _raw_columns(table)
            query = select(*columns).order_by(*table.primary_key.columns)
            rows = session.connection().execution_options(yield_per=_CHUNK_ROWS).execute(query)
            for rows_at_once in rows.partitions():
                found.update(repr([tuple(row) for row in rows_at_once]).encode())
    return found.hexdigest()


def predictions_state(database: Database, folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return path, size and time of change (ns) of the predictions files that are there.

    Their content is fixed by the records, which hold its hash; whether they are there and untouched is not.
    """
    query = select(RecordRow.predictions_path).where(RecordRow.predictions_path.is_not(None)).distinct()
    with database.reading() as session:
        paths = sorted(path for path in session.scalars(query) if path is not None)
    found = []
    for path in paths:
        with suppress(OSError):
            state = (folder / path).stat()
            found.append((path, state.st_size, state.st_mtime_ns))
    return tuple(found)


def _raw_columns(table: Table) -> list[Any]:
    """Return the columns of `table` without reading JSON: its text says the same."""
    return [type_coerce(column, String) if isinstance(column.type, JSON) else column for column in table.columns]


@dataclass(frozen=True, slots=True)
class StoreArchive:
    """A `pwc_bench.core.archive.Archive` that streams from a database."""

    catalogue: Catalogue
    database: Database
    folder: Path
    """Where predictions lie."""

    def papers(self) -> Iterator[Paper]:
        """Stream the papers, newest first."""
        return reads.papers(self.database)

    def tasks(self) -> Iterator[Task]:
        """Stream the tasks by title."""
        return reads.tasks(self.database)

    def datasets(self) -> Iterator[DatasetCard]:
        """Stream the data sets that knowledge describes, by title."""
        return reads.datasets(self.database)

    def methods(self) -> Iterator[Method]:
        """Stream the methods by title."""
        return reads.methods(self.database)

    def claims(
        self,
        *,
        paper: str | None = None,
        variant: str | None = None,
        dataset: str | None = None,
        metric: str | None = None,
    ) -> Iterator[Claim]:
        """Stream the claims that match all given values, source by source, each in its own order."""
        return reads.claims(self.database, paper=paper, variant=variant, dataset=dataset, metric=metric)

    def records(
        self,
        *,
        variant: str | None = None,
        dataset: str | None = None,
        scope: Scope | None = None,
        campaign: str | None = None,
    ) -> Iterator[Record]:
        """Stream the records that match all given values, newest first; Scope.MODEL: those without a data set."""
        return reads.records(self.database, variant=variant, dataset=dataset, scope=scope, campaign=campaign)

    def campaigns(self) -> Iterator[Campaign]:
        """Stream the campaigns, newest first."""
        return iter(reads.campaigns(self.database))

    def dataset_keys(self) -> frozenset[str]:
        """Return the keys of the data sets that claims and records are of."""
        return reads.dataset_keys(self.database)

    def variant_keys(self) -> frozenset[str]:
        """Return the keys of the variants that claims and records are of."""
        return reads.variant_keys(self.database)

    def predictions(self, record: Record) -> PredictionBatch | None:
        """Read the per-image results behind a record from the store's folder; None where there are none."""
        found = self._read(record)
        return None if isinstance(found, str) else found

    def absent_predictions(self, record: Record) -> str | None:
        """Return why there are none: the record names no file, or it is missing, or it was changed."""
        found = self._read(record)
        return found if isinstance(found, str) else None

    def predictions_file(self, record: Record, most_bytes: int) -> bytes | None:
        """Return the file behind them as it is; None where there is none of its hash, or it is larger."""
        found = self._file(record)
        try:
            if isinstance(found, str) or found[0].stat().st_size > most_bytes:
                return None
            content = found[0].read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == found[1] else None

    def _read(self, record: Record) -> PredictionBatch | str:
        found = self._file(record)
        if isinstance(found, str):
            return found
        from pwc_bench.prediction_files import read_whole  # pyarrow: only for boards that compare image by image

        try:
            return read_whole(*found)
        except EvaluationError as error:
            return str(error)

    def _file(self, record: Record) -> tuple[Path, str] | str:
        """Return where the predictions should lie, with their hash; or why nowhere."""
        file = record.provenance.predictions
        if file is None:
            return "the record names no predictions file"
        path = self.folder / file.path
        if not path.resolve().is_relative_to(self.folder.resolve()):
            return f"the predictions file {file.path} lies outside the database's folder"
        return path, file.sha256

    def fingerprint(self) -> str:
        """Return a hash of everything that it holds, the catalogue included."""
        said = f"{content_hash(self.database)}{self.catalogue!r}{predictions_state(self.database, self.folder)}"
        return hashlib.sha256(said.encode()).hexdigest()
