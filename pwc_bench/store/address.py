"""Where a database is: a file's path or a URL, as a person writes it."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from pwc_bench.core.errors import StoreError
from pwc_bench.core.files import user_path

_SCHEMES = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One database."""

    url: URL
    """The whole URL with its driver; an SQLite file's path in it is absolute."""
    path: Path | None
    """The file of an SQLite database, None for others."""

    def __str__(self) -> str:
        """Return what a person recognises: the path, or the URL without its password."""
        return str(self.path) if self.path is not None else self.url.render_as_string(hide_password=True)


def parse_address(text: str) -> Address:
    """Read a path or a URL. Raises StoreError where it names no database that pwc-bench can use."""
    if "://" not in text:
        return _file(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise StoreError(
            f"{text!r} is no database URL: give a file, sqlite:///FILE or postgresql://HOST/NAME"
        ) from None
    driver = _SCHEMES.get(url.drivername)
    if driver is None:
        raise StoreError(
            f"{url.drivername!r} is no database that pwc-bench knows: give a file, sqlite:///FILE or postgresql://HOST/NAME"
        )
    if driver == "sqlite":
        return _file(url.database or "")
    return Address(url.set(drivername=driver), None)


def _file(name: str) -> Address:
    if name in ("", ":memory:") or name.startswith("file:"):
        raise StoreError("the database must be a file with an ordinary name: one in memory would keep nothing")
    path = user_path(name).absolute()
    return Address(URL.create("sqlite", database=str(path)), path)


_NEARLY_NOTHING_BYTES = 256 * 1024
"""SQLite calls a full disk an "I/O error" where it strikes while shared memory grows: it is one when less is free."""

_POSTGRESQL_STATES = {
    "53100": "the server's disk is full: free some space there",
    "25006": "the server is read-only: connect to the primary one",
    "42501": "the user may not do this: grant it the rights to create tables and to read and write them",
    "55P03": "another program holds a lock: try again when it is done",
}


@contextmanager
def told_plainly(address: Address) -> Iterator[None]:
    """Turn the database's own errors into StoreErrors; errors of this program's own making pass unchanged."""
    try:
        yield
    except DBAPIError as error:
        message = _explain(address, error.orig)
        if message is None:
            raise
        raise StoreError(message) from error
    except sqlite3.Error as error:
        message = _explain(address, error)
        if message is None:
            raise
        raise StoreError(message) from error
    except UnicodeDecodeError as error:  # sqlite3 decodes its own message from the file's overwritten schema
        raise StoreError(_damaged(address.path or Path())) from error


def folder_error(address: Address, error: OSError) -> StoreError:
    """Return why the database's folder cannot be made."""
    folder = address.path.parent if address.path is not None else Path()
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return StoreError(
            f"cannot make the folder {folder}: a file is in its place; give another path for the database"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(f"cannot make the folder {folder}: it would lie in a read-only folder; give another path")
    return StoreError(f"cannot make the folder {folder}: {error.strerror}")


def _explain(address: Address, error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        if code is None and isinstance(error, sqlite3.OperationalError):  # Python's own, for a text that is no UTF-8
            return _damaged(address.path or Path())
        return None if code is None else _explain_sqlite(address, code & 0xFF)
    return _explain_postgresql(address, error)


def _explain_sqlite(address: Address, code: int) -> str | None:
    path = address.path or Path()
    messages = {
        sqlite3.SQLITE_NOTADB: f"{path} is not a database: give another file, or move this one away",
        sqlite3.SQLITE_CORRUPT: _damaged(path),
        sqlite3.SQLITE_FULL: f"the disk is full: the database {path} cannot grow; free some space, nothing was lost",
        sqlite3.SQLITE_BUSY: f"the database {path} is locked by another program: try again when that is done",
        sqlite3.SQLITE_READONLY: _unwritable(path),
        sqlite3.SQLITE_CANTOPEN: _unwritable(path),
        sqlite3.SQLITE_PERM: _unwritable(path),
        sqlite3.SQLITE_AUTH: _unwritable(path),
        sqlite3.SQLITE_IOERR: f"the database {path} cannot be read or written: the disk reports an error",
    }
    if code == sqlite3.SQLITE_IOERR and _free_bytes(path) < _NEARLY_NOTHING_BYTES:
        code = sqlite3.SQLITE_FULL
    return messages.get(code)


def _damaged(path: Path) -> str:
    return f"the database {path} is damaged: restore it from a copy, or move it away"


def _unwritable(path: Path) -> str:
    """Say which of the file and its folder stands in the way."""
    if path.exists() and not os.access(path, os.R_OK):
        return f"the database {path} may not be read: ask its owner, or give another file"
    if not os.access(path.parent, os.W_OK):
        return f"the folder {path.parent} is read-only, and a database writes beside its file: use a copy elsewhere"
    if path.exists() and not os.access(path, os.W_OK):
        return f"the database {path} is read-only: make it writable, or give another file"
    return f"the database {path} cannot be opened or written"


def _free_bytes(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return _NEARLY_NOTHING_BYTES


def _explain_postgresql(address: Address, error: BaseException | None) -> str | None:
    state = getattr(error, "sqlstate", None)
    if state in _POSTGRESQL_STATES:
        return f"{address}: {_POSTGRESQL_STATES[state]}"
    if type(error).__name__ in ("OperationalError", "ConnectionTimeout"):
        lines = str(error).strip().splitlines() or ["no reason given"]
        return f"the database {address} cannot be reached: {' '.join(lines[0].split())}"
    return None
