"""`build` and `serve`: the site, and a look at it."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pwc_bench.cli.app import app
from pwc_bench.cli.serve import PreviewServer
from pwc_bench.core.errors import StoreError
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.site.pages.about import AboutPages
from pwc_bench.site.parts.page import Page
from pwc_bench.store import Store, open_store
from tests.cli.nobody import public_folder, run_as_nobody
from tests.factories import make_record

_PORT_SETTING = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
_FIRST_FREE_PORT = int(_PORT_SETTING.read_text()) if _PORT_SETTING.exists() else 1024
"""The first port that any user may take: containers often set it to 0."""

HEAVY = ("torch", "torchvision", "timm", "fvcore", "datasets")
"""scipy is none of them: bands of ranks and ratios of speeds are its statistics, imported where there is something to
compare."""


def test_build_renders_without_heavy_imports(database: Path, place: Path) -> None:
    """The site appears with its pages counted, and neither torch nor timm is imported for it."""
    code = (
        "import sys\nfrom pwc_bench.cli.app import app\n"
        "app(['build', '--site', 'public'], standalone_mode=False)\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stderr.split()).isdisjoint(HEAVY)
    assert done.stdout.startswith("public/index.html: ")
    assert (place / "public" / "index.html").is_file()


def test_a_page_that_cannot_be_made_ends_with_4(
    database: Path, runner: CliRunner, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site stands without it, one line names it, and its traceback is kept."""

    def broken(self: AboutPages) -> Page:
        raise KeyError("a\nfault")

    monkeypatch.setattr(AboutPages, "page", broken)
    result = runner.invoke(app, ["build"])
    assert result.exit_code == 4
    assert (place / "site" / "index.html").is_file()
    named, line = result.stderr.splitlines()
    assert named == "warning: left out of the site, about/index.html: KeyError: 'a\\nfault'"
    (file,) = re.findall("its traceback is in (.*); please report it", line)
    assert "in broken" in Path(file).read_text()


def test_build_without_a_database(runner: CliRunner, place: Path) -> None:
    """There is nothing to render before the first run, and no folder is made."""
    result = runner.invoke(app, ["build"])
    assert result.exit_code == 2
    assert "run `pwc-bench run` first" in result.stderr
    assert not list(place.iterdir())


def test_build_shows_what_the_package_knows_today(runner: CliRunner, place: Path) -> None:
    """A database that an earlier version filled gets the claims added since; built again, it stays the same."""
    path = place / "old.db"
    with open_store(str(path)) as store:
        store.add(make_record())
    assert runner.invoke(app, ["build", "--db", "old.db"]).exit_code == 0
    assert "82.5" in (place / "site" / "paper" / "convit" / "index.html").read_text()
    before = path.read_bytes()
    assert runner.invoke(app, ["build", "--db", "old.db"]).exit_code == 0
    assert path.read_bytes() == before


def test_build_shows_a_database_that_cannot_be_written(
    runner: CliRunner, database: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is, and says that its claims may be old. No file mode keeps the administrator, who may run this, out."""

    def refused(self: Store, knowledge: Knowledge, *, origin: str = "package") -> None:
        raise StoreError("the database is read-only")

    monkeypatch.setattr(Store, "sync_knowledge", refused)
    result = runner.invoke(app, ["build"])
    assert result.exit_code == 0
    assert "the claims shown are those of the last run: the database is read-only" in result.stderr
    assert (place / "site" / "model" / "convit-s" / "index.html").is_file()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("example.org", "https://"),
        ("https://ex.org/b/?q", "without"),
        ("https://ex.org/#b", "without"),
        ("https://", "a host"),
        ("https://ex.org/\udcff", "write it as %XX"),
        ("https://ex.org/\x07", "write it as %XX"),
        ('https://ex.org/"', "write it as %XX"),
    ],
)
def test_base_url_must_be_an_address(runner: CliRunner, database: Path, address: str, reason: str) -> None:
    """One without its scheme is refused, and so is what no path can follow."""
    result = runner.invoke(app, ["build", "--base-url", address])
    assert result.exit_code == 2
    assert reason in result.stderr


@pytest.fixture
def address(place: Path) -> Iterator[str]:
    """Serve a small site in a process of its own, on a free port, and end it with Ctrl-C."""
    site = place / "site"
    (site / "about").mkdir(parents=True)
    (site / "index.html").write_text("<h1>home</h1>")
    (site / "about" / "index.html").write_text("about")
    links = ("index.html", "https://example.org/", "#main", "/about/", "sota/index.html")
    (site / "404.html").write_text(" ".join(f'<a href="{link}">x</a>' for link in links))
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pwc_bench", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("site is at http://127.0.0.1:")
    yield line.split()[3]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said == "stopped\n"


def test_serve_answers_until_ctrl_c(address: str) -> None:
    """Pages are served fresh, also those of folders; for a missing one, at any depth, the site's links lead home."""
    with urllib.request.urlopen(address) as response:
        assert response.read() == b"<h1>home</h1>"
        assert response.headers["Cache-Control"] == "no-cache"
    with urllib.request.urlopen(address + "about/") as response:
        assert response.read() == b"about"
    for missing in ("nothing/", "nothing/at/all/", "..%2f..%2fetc/passwd"):
        with pytest.raises(urllib.error.HTTPError) as found:
            urllib.request.urlopen(address + missing)
        assert found.value.code == 404
        hrefs = re.findall('href="([^"]*)"', found.value.read().decode())
        assert hrefs == ["/index.html", "https://example.org/", "#main", "/about/", "/sota/index.html"]
        found.value.close()


def test_serve_needs_a_site(runner: CliRunner, place: Path) -> None:
    """A folder without a site ends with 2 and says what to do."""
    result = runner.invoke(app, ["serve"])
    assert result.exit_code == 2
    assert "run `pwc-bench build` first" in result.stderr


def test_serve_names_a_port_that_is_taken(runner: CliRunner, place: Path) -> None:
    """A port that another program holds ends with 2."""
    (place / "site").mkdir()
    (place / "site" / "index.html").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = runner.invoke(app, ["serve", "--port", str(port)])
    assert result.exit_code == 2
    assert f"port {port} is taken" in result.stderr


@pytest.mark.skipif(_FIRST_FREE_PORT <= 1, reason="this machine lets every user take any port")
def test_serve_names_a_port_that_needs_rights() -> None:
    """A port below those that are free to all ends with 2 for an ordinary user."""
    with public_folder() as folder, socket.socket() as taken:
        (folder / "site").mkdir()
        (folder / "site" / "index.html").touch()
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first = f"serve --port {taken.getsockname()[1]}"
        done = run_as_nobody(["serve", "--port", "1"], folder, first)
    assert done.returncode == 2
    assert "port 1 needs rights that you do not have: name one above 1023" in done.stderr


def test_preview_stays_in_its_folder(tmp_path: Path) -> None:
    """No link leads out, no folder is listed, no other host's name is answered."""
    site = tmp_path / "site"
    (site / "empty").mkdir(parents=True)
    (site / "index.html").write_text("home")
    (tmp_path / "secret.txt").write_text("secret")
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    with PreviewServer(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def status(path: str, host: str | None = None) -> int:
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
            connection.request("GET", path, headers={} if host is None else {"Host": host})
            code = connection.getresponse().status
            connection.close()
            return code

        found = [
            status("/"),
            status("/link.txt"),
            status("/empty/"),
            status("/../secret.txt"),
            status("/", "evil.example"),
        ]
        found += [status("/", f"localhost:{server.server_port}")]
        server.shutdown()
    assert found == [200, 404, 404, 404, 403, 200]
