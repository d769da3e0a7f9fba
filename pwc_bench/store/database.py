"""One database's engine: connections set up as they must be, and transactions that fail in plain words."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session

from pwc_bench.core.errors import StoreError
from pwc_bench.store.address import Address, told_plainly

BUSY_SECONDS = 30.0
"""How long a connection waits for another program's write to end."""
CONNECT_SECONDS = 10
"""How long a PostgreSQL server may take to answer, unless the URL says otherwise."""
_RETRY_SECONDS = 0.02
_POSTGRESQL_LOCK = 0x7077_6362
"""The number of the advisory lock under which pwc-bench writes."""


class Database:
    """A database and its pool of connections. It can be pickled and used after a fork: each process has its own."""

    def __init__(self, address: Address, busy_seconds: float = BUSY_SECONDS) -> None:
        self.address = address
        self.busy_seconds = busy_seconds
        self._process = os.getpid()

    def __getstate__(self) -> dict[str, Any]:
        return {"address": self.address, "busy_seconds": self.busy_seconds, "_process": 0}

    @property
    def engine(self) -> Engine:
        """Return this process's engine. Raises StoreError where the driver is not installed."""
        if self._process != os.getpid():  # after a fork or a pickle: connections belong to the process that made them
            inherited = self.__dict__.pop("_engine", None)
            if inherited is not None:
                inherited.dispose(close=False)
            self._process = os.getpid()
        return self._engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads, for a few moments: it holds a snapshot while it is open."""
        with told_plainly(self.address), Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session in one transaction that is kept as a whole or not at all.

        One process writes at a time, the others wait: on SQLite by its write lock, taken at once so that none fails
        half-way, on PostgreSQL by an advisory lock.
        """
        engine = self.engine.execution_options(pwc_bench_begin="BEGIN IMMEDIATE")
        with told_plainly(self.address), Session(engine, expire_on_commit=False) as session, session.begin():
            if self.address.path is None:
                session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _POSTGRESQL_LOCK})
            yield session

    def use_write_ahead_log(self) -> None:
        """Let readers of an SQLite file go on while another process writes. The mode stays with the file."""
        if self.address.path is None:
            return
        deadline = time.monotonic() + self.busy_seconds
        with told_plainly(self.address):
            # SQLite does not wait by itself here when two processes change the mode of a new file at once
            while not self._set_write_ahead_log(deadline):
                time.sleep(_RETRY_SECONDS)

    def close(self) -> None:
        """Close every connection of this process."""
        engine = self.__dict__.pop("_engine", None)
        if engine is not None:
            engine.dispose(close=self._process == os.getpid())

    def _set_write_ahead_log(self, deadline: float) -> bool:
        """Set the mode. Return False where another process is at it; raises after `deadline`."""
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode")
            if cursor.fetchone() != ("wal",):
                cursor.execute("PRAGMA journal_mode = WAL")
            cursor.close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            return False
        finally:
            connection.close()
        return True

    @cached_property
    def _engine(self) -> Engine:
        if self.address.path is not None:
            engine = create_engine(self.address.url, connect_args={"timeout": self.busy_seconds})
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        arguments = {} if "connect_timeout" in self.address.url.query else {"connect_timeout": CONNECT_SECONDS}
        try:
            return create_engine(self.address.url, connect_args=arguments, pool_pre_ping=True)
        except ImportError:
            raise StoreError("PostgreSQL needs psycopg: pip install 'pwc-bench[postgresql]'") from None


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions by _begin_sqlite, not the driver by guessing
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("pwc_bench_begin", "BEGIN"))
