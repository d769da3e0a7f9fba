"""What can be wrong with a database is said in one line of plain words, each thing in its own."""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from pwc_bench.core.errors import StoreError
from pwc_bench.core.record import Status
from pwc_bench.store import open_existing_store, open_store
from tests.factories import make_record
from tests.store.catalogue import CATALOGUE
from tests.store.conftest import Server

NOBODY = 65534

_AS_NOBODY = """
import os, sys
import alembic.command, sqlalchemy.dialects.sqlite
from pwc_bench.core.errors import StoreError
from pwc_bench.store import open_existing_store, open_store
if os.geteuid() == 0:  # everything is imported: from here on nothing need be readable but the database
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    {"open_store": open_store, "open_existing_store": open_existing_store}[sys.argv[1]](sys.argv[2]).close()
    print("opened")
except StoreError as error:
    print(error)
"""


def _as_nobody(function: str, path: Path) -> str:
    """What opening `path` says to a user without any rights; root may write everywhere, so it cannot see it."""
    command = [sys.executable, "-c", _AS_NOBODY, function, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    return done.stdout.strip()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that another user can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="pwc-bench-test-") as name:
        folder = Path(name)
        folder.chmod(0o755 if os.geteuid() == 0 else 0o555)
        yield folder
        folder.chmod(0o755)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "pwc-bench-test", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount program")
    if mounted.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip().splitlines()[0]}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    """Take up all the space that is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


def test_a_missing_database_is_not_made_by_reading(tmp_path: Path) -> None:
    """Reading says what to do first, and leaves nothing behind."""
    path = tmp_path / "results" / "bench.db"
    with pytest.raises(StoreError, match=r"no database at .*bench\.db: run `pwc-bench run` first"):
        open_existing_store(str(path))
    assert not path.parent.exists()


@pytest.mark.parametrize("open_it", [open_store, open_existing_store])
def test_a_file_that_is_no_database(tmp_path: Path, open_it: type) -> None:
    """Text, and a damaged file that begins like a database, are told apart; neither is touched."""
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk. " * 500)
    with pytest.raises(StoreError, match="is not a database: give another file") as caught:
        open_it(str(path))
    assert "\n" not in str(caught.value)
    assert path.read_text() == "Buy milk. " * 500


def test_a_damaged_database(tmp_path: Path) -> None:
    """A database whose pages were overwritten is called damaged."""
    path = tmp_path / "bench.db"
    with open_store(str(path)) as store:
        store.add(make_record())
    data = bytearray(path.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged: restore it from a copy"):
        open_store(str(path))


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    """A folder given as the database, and a file given as its folder."""
    (tmp_path / "file").touch()
    for open_it in (open_store, open_existing_store):
        with pytest.raises(StoreError, match=r"is a folder: give a file in it"):
            open_it(str(tmp_path))
    with pytest.raises(StoreError, match="a file is in its place"):
        open_store(str(tmp_path / "file" / "bench.db"))
    with pytest.raises(StoreError, match="a file is in its place"):
        open_store(str(tmp_path / "file" / "deeper" / "bench.db"))
    with pytest.raises(StoreError, match="no database at"):
        open_existing_store(str(tmp_path / "file" / "bench.db"))
    with pytest.raises(StoreError, match="File name too long"):
        open_store(str(tmp_path / ("x" * 300) / "bench.db"))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://host/name", "'mysql' is no database that pwc-bench knows"),
        ("postgresql+psycopg2://host/name", "is no database that pwc-bench knows"),
        ("http://example.org/x.db", "is no database that pwc-bench knows"),
        ("://", "is no database URL"),
        ("sqlite://", "one in memory would keep nothing"),
        ("sqlite:///:memory:", "one in memory would keep nothing"),
        (":memory:", "one in memory would keep nothing"),
        ("", "one in memory would keep nothing"),
        ("sqlite:///file:x?uri=true", "one in memory would keep nothing"),
        ("postgresql://host:port/name", "is no database URL"),
    ],
)
def test_urls_that_name_no_database(url: str, message: str) -> None:
    """Unknown schemes, malformed URLs and databases that would keep nothing are refused."""
    for open_it in (open_store, open_existing_store):
        with pytest.raises(StoreError, match=message):
            open_it(url)


def test_a_read_only_folder(public_folder: Path) -> None:
    """Neither a new file nor a new folder can be made there."""
    assert _as_nobody("open_store", public_folder / "bench.db") == (
        f"the folder {public_folder} is read-only, and a database writes beside its file: use a copy elsewhere"
    )
    assert "it would lie in a read-only folder" in _as_nobody("open_store", public_folder / "deeper" / "bench.db")


def test_a_database_in_a_read_only_folder(public_folder: Path) -> None:
    """An existing one cannot be opened there either, and the message says that the folder is why."""
    path = public_folder / "bench.db"
    public_folder.chmod(0o755)
    with open_store(str(path)) as store:
        store.add(make_record())
    path.chmod(0o666)
    if os.geteuid() != 0:
        public_folder.chmod(0o555)
    for function in ("open_store", "open_existing_store"):
        assert f"the folder {public_folder} is read-only" in _as_nobody(function, path)


def test_a_read_only_and_an_unreadable_file(public_folder: Path) -> None:
    """In a folder that can be written, the file itself is named as the obstacle."""
    path = public_folder / "bench.db"
    public_folder.chmod(0o777)
    with open_store(str(path)) as store:
        store.add(make_record())
    path.chmod(0o444)
    assert f"the database {path} is read-only: make it writable" in _as_nobody("open_store", path)
    assert _as_nobody("open_existing_store", path) == "opened"
    path.chmod(0o000)
    assert f"the database {path} may not be read" in _as_nobody("open_existing_store", path)
    public_folder.chmod(0o700)
    if os.geteuid() == 0:
        assert "cannot be looked at: Permission denied" in _as_nobody("open_existing_store", path)


def test_a_damaged_schema(tmp_path: Path) -> None:
    """Bytes within the schema that are no text make the driver itself stumble; that is damage too, in one line."""
    path = tmp_path / "bench.db"
    with open_store(str(path)) as store:
        store.add(make_record())
    data = path.read_bytes()
    path.write_bytes(data.replace(b"CREATE TABLE", b"\xff\x8bEATE TABLE"))
    for open_it in (open_store, open_existing_store):
        with pytest.raises(StoreError, match="damaged: restore it from a copy") as caught:
            open_it(str(path))
        assert "\n" not in str(caught.value)


def test_a_text_that_is_no_text(tmp_path: Path) -> None:
    """A damaged value is found when it is read, and called damage too."""
    path = tmp_path / "bench.db"
    with open_store(str(path)) as store:
        store.add(make_record(status=Status.PARTIAL, reason="ten images"))
    path.write_bytes(path.read_bytes().replace(b"ten images", b"\xff\x8bn images"))
    with open_existing_store(str(path)) as store, pytest.raises(StoreError, match="damaged: restore it from a copy"):
        list(store.archive(CATALOGUE).records())


def test_a_full_disk(small_disk: Path) -> None:
    """A record that does not fit is refused whole; what was kept before stays, and goes on once there is space."""
    path = small_disk / "bench.db"
    big = make_record(reason="x" * 400_000)
    with open_store(str(path)) as store:
        store.add(make_record())
        filler = _fill(small_disk)
        with pytest.raises(StoreError, match=r"the disk is full: the database .* cannot grow") as caught:
            store.add(big)
        assert "\n" not in str(caught.value)
        assert list(store.archive(CATALOGUE).records()) == [make_record()]
        filler.unlink()
        store.add(make_record(dataset=None))
    with open_existing_store(str(path)) as store:
        assert len(list(store.archive(CATALOGUE).records())) == 2


def test_a_full_disk_from_the_start(small_disk: Path) -> None:
    """A new database that finds no space says so."""
    _fill(small_disk)
    with pytest.raises(StoreError, match=r"disk is full|No space left"):
        open_store(str(small_disk / "bench.db"))
    with pytest.raises(StoreError, match=r"disk is full|No space left"):
        open_store(str(small_disk / "deeper" / "bench.db"))


def test_a_read_only_disk(small_disk: Path) -> None:
    """A file system that was mounted read-only refuses even root."""
    path = small_disk / "bench.db"
    open_store(str(path)).close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError, match="is read-only"):
        open_store(str(path))
    with pytest.raises(StoreError, match="read-only folder"):
        open_store(str(small_disk / "deeper" / "bench.db"))


_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_locked_database(tmp_path: Path) -> None:
    """Another program that does not let go is named as the reason; when it is gone the same store works."""
    path = tmp_path / "bench.db"
    with open_store(str(path), busy_seconds=0.05) as store:
        command = [sys.executable, "-c", _LOCK, str(path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "locked\n"
            with pytest.raises(StoreError, match="locked by another program: try again"):
                store.add(make_record())
            with pytest.raises(StoreError, match="locked by another program: try again"):
                open_store(str(path), busy_seconds=0.05)
            with open_existing_store(str(path)) as reader:
                assert list(reader.archive(CATALOGUE).records()) == []
            other.communicate("")
        store.add(make_record())


def test_a_new_file_that_another_program_holds(tmp_path: Path) -> None:
    """The change to a write-ahead log waits as long as any write does, and then says who is in the way."""
    path = tmp_path / "bench.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE x (y)")
        with pytest.raises(StoreError, match="locked by another program"):
            open_store(str(path), busy_seconds=0.05)


def test_an_unreachable_server() -> None:
    """The message names the server without the password, and the reason that the system gives."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for open_it in (open_store, open_existing_store):
        with pytest.raises(StoreError, match=rf"127\.0\.0\.1:{port}/bench.* cannot be reached: ") as caught:
            open_it(f"postgresql://me:secret@127.0.0.1:{port}/bench?connect_timeout=3")
        assert "secret" not in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.postgresql
def test_a_database_that_the_server_does_not_have(postgresql_server: Server) -> None:
    """The database is named; the server may say more, in its own words and language."""
    with pytest.raises(StoreError, match=r"/nowhere.* cannot be reached: "):
        open_store(postgresql_server.url("nowhere"))


@pytest.mark.postgresql
def test_a_server_that_refuses_writing(postgresql_server: Server) -> None:
    """A read-only database and a user without rights are told apart."""
    url = postgresql_server.new_database()
    name = url.rpartition("/")[2]
    postgresql_server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(StoreError, match="the server is read-only"):
        open_store(url)
    postgresql_server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
    postgresql_server.sql(f"CREATE ROLE guest_{name} LOGIN")
    with pytest.raises(StoreError, match="the user may not do this: grant it the rights"):
        open_store(url.replace("bench@", f"guest_{name}@"))


def test_psycopg_that_is_not_installed() -> None:
    """The message says what to install."""
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from pwc_bench.core.errors import StoreError\n"
        "from pwc_bench.store import open_store\n"
        "try:\n    open_store('postgresql://localhost/x')\n"
        "except StoreError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "PostgreSQL needs psycopg: pip install 'pwc-bench[postgresql]'\n"


def test_errors_of_our_own_making_are_not_dressed_up(tmp_path: Path) -> None:
    """A broken query is a bug to be seen as one, not something wrong with the user's database."""
    with open_store(str(tmp_path / "bench.db")) as store:
        with pytest.raises(OperationalError) as caught, store._database.reading() as session:
            session.connection().exec_driver_sql("SELECT * FROM nowhere")
        assert not isinstance(caught.value, StoreError)
