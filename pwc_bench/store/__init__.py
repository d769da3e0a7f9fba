"""The database: typed tables, migrations, reads and writes. SQLite by default, PostgreSQL by URL."""

from pwc_bench.store.knowledge_sync import SyncedClaims
from pwc_bench.store.store import Store, open_existing_store, open_store

__all__ = ["Store", "SyncedClaims", "open_existing_store", "open_store"]
