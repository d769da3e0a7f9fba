"""Where a database is: a file's path or a URL, as a person writes it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

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
