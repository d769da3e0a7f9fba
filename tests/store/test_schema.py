"""Tables and migrations agree, and only databases that are ours and not newer are opened."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from pwc_bench.core.errors import StoreError
from pwc_bench.core.knowledge import Knowledge, Task
from pwc_bench.store import migrations, open_existing_store, open_store
from pwc_bench.store.schema import HEAD, VERSION_TABLE, _config
from pwc_bench.store.tables import Base
from tests.factories import make_claim, make_record
from tests.store.catalogue import CATALOGUE
from tests.store.conftest import Server


def test_migrations_make_the_declared_tables(url: str) -> None:
    """Nothing would be left for Alembic to generate: columns, types, indexes and keys are the same."""
    with open_store(url) as store, store._database.reading() as session:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_the_named_head_is_the_newest_step() -> None:
    """There is one newest step, and it is the one by which an up-to-date database is recognised."""
    assert ScriptDirectory.from_config(_config()).get_heads() == [HEAD]


def test_the_steps_ship_with_the_package() -> None:
    """They lie inside the package, where a wheel takes them along."""
    folder = Path(str(migrations.__file__)).parent
    assert Path(ScriptDirectory.from_config(_config()).dir).resolve() == folder.resolve()


def test_sqlite_files_are_set_up_for_several_users(tmp_path: Path) -> None:
    """Write-ahead log, foreign keys, half a minute of patience."""
    with open_store(str(tmp_path / "bench.db")) as store, store._database.reading() as session:
        pragmas = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
        assert (session.scalar(text("PRAGMA busy_timeout")) or 0) >= 30_000


def test_a_no_that_may_have_meant_nothing_becomes_not_stated(url: str) -> None:
    """Before the second step, false stood for both."""
    said = make_claim()
    with open_store(url) as store:
        claims = (replace(said, uses_additional_data=True), replace(said, metric="top5"))
        store.sync_knowledge(Knowledge(claims=claims), origin="file")
        with store._database.writing() as session:
            session.execute(text("UPDATE claim SET uses_additional_data = FALSE WHERE metric = 'top5'"))
            session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    with open_store(url) as store:
        found = {claim.metric: claim.uses_additional_data for claim in store.archive(CATALOGUE).claims()}
    assert found == {said.metric: True, "top5": None}


def test_a_newer_schema_is_refused(url: str) -> None:
    """The message says that it is newer and what to do; nothing is changed."""
    with open_store(url) as store:
        store.add(make_record())
        with store._database.writing() as session:
            session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for open_it in (open_store, open_existing_store):
        with pytest.raises(StoreError, match=r"newer pwc-bench \(schema 9999\): upgrade pwc-bench") as caught:
            open_it(url)
        assert "\n" not in str(caught.value)


def test_an_empty_database_is_made_or_said_to_be_empty(url: str, tmp_path: Path) -> None:
    """Reading needs a database in which something was stored; opening it for a run makes the tables."""
    if not url.startswith("postgresql"):
        Path(url).parent.mkdir()
        Path(url).touch()
    with pytest.raises(StoreError, match="run `pwc-bench run` first"):
        open_existing_store(url)
    with open_store(url) as store:
        store.add(make_record())


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    """An SQLite file with foreign tables is refused, even under names that we do not use."""
    path = tmp_path / "bookmarks.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmark (url TEXT)")
    connection.close()
    for open_it in (open_store, open_existing_store):
        with pytest.raises(StoreError, match=r"another program's database \(it holds 'bookmark'\)"):
            open_it(str(path))
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmark",)]
    connection.close()


@pytest.mark.postgresql
def test_a_server_may_be_shared_while_no_name_is_taken(postgresql_server: Server) -> None:
    """Foreign tables beside ours do no harm; one under a name of ours is refused."""
    shared, taken = postgresql_server.new_database(), postgresql_server.new_database()
    for url, statement in ((shared, b"CREATE TABLE wine (x int)"), (taken, b"CREATE TABLE record (x int)")):
        with psycopg.connect(url) as connection:
            connection.execute(statement)
    with open_store(shared) as store:
        store.add(make_record())
        assert len(list(store.archive(CATALOGUE).records())) == 1
    with pytest.raises(StoreError, match="it holds 'record'"):
        open_store(taken)


@pytest.mark.postgresql
def test_orders_do_not_depend_on_the_servers_language(postgresql_server: Server) -> None:
    """Texts sort byte by byte, as they do in SQLite and Python, whatever the database's own collation."""
    titles = ["a", "B", "c", "Ä", "b-a", "ba"]
    tasks = tuple(Task(f"t{number}", title, "d") for number, title in enumerate(titles))
    url = postgresql_server.new_database("LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
    with open_store(url) as store:
        store.sync_knowledge(Knowledge(tasks=tasks))
        assert [task.title for task in store.archive(CATALOGUE).tasks()] == sorted(titles)
