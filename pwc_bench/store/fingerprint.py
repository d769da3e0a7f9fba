"""A hash of everything that a database holds, whatever the form of its file."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, String, Table, select, type_coerce

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
