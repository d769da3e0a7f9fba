"""Databases for tests: SQLite files, and a real PostgreSQL server of our own where its programs are installed."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server."""

    folder: Path
    port: int
    numbers: Iterator[int]

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://bench@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str) -> None:
        """Run a statement outside a transaction, as the superuser."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new_database(self, options: str = "") -> str:
        """Make an empty database and return its URL."""
        name = f"bench_{next(self.numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        return self.url(name)


def _programs() -> Path:
    """The folder of PostgreSQL's server programs; skips the test where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = [folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    on_path = shutil.which("pg_ctl")
    if found or on_path is not None:
        return found[-1] if found else Path(str(on_path)).resolve().parent
    reason = "PostgreSQL's server programs are not installed"
    if os.environ.get("PWC_BENCH_REQUIRE") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def _unprivileged_user() -> str | None:
    """The user under whom the server runs: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A server with data in a folder of its own, reached over 127.0.0.1, gone afterwards."""
    programs, user = _programs(), _unprivileged_user()
    with tempfile.TemporaryDirectory(prefix="pwc-bench-postgresql-") as name:
        folder, port = Path(name), _free_port()
        if user is not None:
            shutil.chown(folder, user)

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", f"{folder}/data", *arguments]
            with (folder.parent / f"{folder.name}.log").open("w+") as log:
                done = subprocess.run(command, user=user, cwd=folder, stdout=log, stderr=log, check=False)
                log.seek(0)
                assert done.returncode == 0, log.read()

        try:
            run("initdb", "-U", "bench", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
            options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
            run("pg_ctl", "-w", "-o", options, "-l", f"{folder}/server.log", "start")
            try:
                yield Server(folder, port, count())
            finally:
                run("pg_ctl", "-w", "-m", "immediate", "stop")
        finally:
            (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database: a file's path, then a PostgreSQL URL."""
    if request.param == "sqlite":
        return str(tmp_path / "results" / "bench.db")
    server: Server = request.getfixturevalue("postgresql_server")
    return server.new_database()
