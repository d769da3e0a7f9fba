"""The database with what the package itself knows in it, so that a submission is set beside that."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.places import sqlite_path

if TYPE_CHECKING:
    from pwc_bench.store import Store


@contextmanager
def store_for_writing(db: str) -> "Iterator[Store]":
    """Open the database, made where it is missing, with the package's knowledge of today. Raises StoreError."""
    from pwc_bench.exchange import load_knowledge
    from pwc_bench.store import open_store

    with open_store(db) as store:
        store.sync_knowledge(load_knowledge())
        yield store


@contextmanager
def store_for_reading(db: str) -> "Iterator[Store]":
    """Open the database as it is; where there is none, one that is gone afterwards. Raises StoreError."""
    from pwc_bench.store import open_existing_store

    file = sqlite_path(db)
    if file is None or file.exists():
        with open_existing_store(db) as store:
            yield store
        return
    with tempfile.TemporaryDirectory() as folder, store_for_writing(str(Path(folder, "knowledge.db"))) as store:
        yield store
