"""The version of a database's tables: made when there are none, brought up to date, refused when newer or foreign."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from pwc_bench.core.errors import StoreError
from pwc_bench.store.address import Address
from pwc_bench.store.database import Database
from pwc_bench.store.tables import Base

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The newest step. Named here so that opening an up-to-date database does not need Alembic."""
VERSION_TABLE = "pwc_bench_schema"
"""Holds the step at which a database stands. A name of our own: another program's Alembic does not meet ours."""


def bring_up_to_date(database: Database) -> None:
    """Make the tables, or bring them to the newest step. Of several processes at once one does it, the others wait.

    Raises StoreError for a database that a newer version wrote, or that belongs to another program.
    """
    with database.reading() as session:
        if _step(session.connection()) == HEAD:
            return
    with database.writing() as session:
        connection = session.connection()
        step = _step(connection)
        if step is None:
            _refuse_foreign(connection, database.address)
        if step != HEAD:
            _refuse_newer(step, database.address)
            _migrate(connection)


def require_schema(database: Database) -> None:
    """Bring an existing database up to date. Raises StoreError where nothing was ever stored in it."""
    with database.reading() as session:
        connection = session.connection()
        step = _step(connection)
        if step is None:
            _refuse_foreign(connection, database.address)
            raise StoreError(f"nothing is stored in {database.address}: run `pwc-bench run` first")
    if step != HEAD:
        bring_up_to_date(database)


def require_writing(database: Database) -> None:
    """Raise StoreError where the database cannot be written, by a statement that changes nothing.

    A transaction alone does not tell: on a read-only file SQLite quietly begins one that only reads.
    """
    with database.writing() as session:
        session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = version_num WHERE version_num IS NULL"))  # noqa: S608


def _step(connection: Connection) -> str | None:
    """Return the step at which the database stands, None where it has none of our tables."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  a constant


def _refuse_foreign(connection: Connection, address: Address) -> None:
    """Refuse to write into another program's tables. A PostgreSQL database may be shared, while no name is taken."""
    found = set(inspect(connection).get_table_names())
    taken = found & set(Base.metadata.tables) if address.path is None else found
    if taken:
        raise StoreError(f"{address} is another program's database (it holds {min(taken)!r}): give another one")


def _refuse_newer(step: str | None, address: Address) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if step is not None and step not in known:
        raise StoreError(f"{address} was written by a newer pwc-bench (schema {step}): upgrade pwc-bench to use it")


def _migrate(connection: Connection) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "pwc_bench.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
