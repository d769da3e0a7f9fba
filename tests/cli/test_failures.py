"""What failures look like: one line, the right exit code, never a traceback."""

import errno
import os
import pwd
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import pwc_bench
from pwc_bench.cli.app import app
from pwc_bench.cli.failures import told_plainly
from pwc_bench.core.errors import EvaluationError, PwcBenchError, UsageError
from pwc_bench.core.record import record_to_json
from tests.cli.gate import cost


def ended(error: BaseException) -> int:
    """Raise `error` inside a command and return the exit code it ends with."""
    with pytest.raises(SystemExit) as found, told_plainly():
        raise error
    return int(str(found.value.code))


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("--x cannot be"), 2, "error: --x cannot be\n"),
        (EvaluationError("it failed\nbadly"), 4, "error: it failed badly\n"),
        (PwcBenchError("a \x1b[31mred\x1b[0m name"), 2, "error: a \ufffd[31mred\ufffd[0m name\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (click.Abort(), 130, "interrupted\n"),
        (BrokenPipeError(), 141, ""),
        (click.FileError("x", "no such file"), 2, "Error: Could not open file 'x': no such file\n"),
    ],
)
def test_errors_end_in_one_line(error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each expected end has its exit code and one line on stderr."""
    assert ended(error) == code
    assert capsys.readouterr().err == said


def test_full_disk_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk names the file, says what to do and ends with 4."""
    assert ended(OSError(errno.ENOSPC, "No space left on device", "results/x.parquet")) == 4
    said = capsys.readouterr().err
    assert said.startswith("error: No space left on device (results/x.parquet): free some space")
    assert said.count("\n") == 1


def test_forbidden_place_is_the_users_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    """A place without rights is bad input."""
    assert ended(PermissionError(errno.EACCES, "Permission denied", "/x")) == 2


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOTTY, "odd"), RecursionError("odd"), SystemExit("odd"), ExceptionGroup("odd", [KeyError()])],
)
def test_unforeseen_error_is_70_and_its_traceback_is_kept(
    error: BaseException, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything else is a fault of the program: never 1, one line, and the file that holds the rest."""
    monkeypatch.setenv("PWC_BENCH_CACHE", str(tmp_path / "cache"))
    assert ended(error) == 70
    said = capsys.readouterr().err
    kept = tmp_path / "cache" / "traceback.txt"
    assert "odd" in said
    assert str(kept) in said
    assert said.count("\n") == 1
    assert "raise error" in kept.read_text()
    assert [path.name for path in kept.parent.iterdir()] == ["traceback.txt"]


def test_traceback_is_kept_without_a_cache(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache that cannot be written leads to the temporary folder."""
    monkeypatch.setenv("PWC_BENCH_CACHE", "/dev/null/cache")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert ended(ZeroDivisionError()) == 70
    (kept,) = tmp_path.iterdir()
    assert str(kept) in capsys.readouterr().err


def test_reader_that_goes_away_is_no_error(database: Path) -> None:
    """A closed pipe ends the program silently."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "pwc_bench", "list", "variants"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_full_output_is_told_in_one_line(database: Path) -> None:
    """A full disk behind stdout ends in one line and 4."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pwc_bench", "list", "variants"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 4
    assert done.stderr.startswith(b"error: No space left on device")
    assert done.stderr.count(b"\n") == 1


def test_terminal_that_cannot_write_a_character(database: Path) -> None:
    """An encoding that has no dash ends no command."""
    done = subprocess.run(
        [sys.executable, "-m", "pwc_bench", "list", "variants"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert b"ConViT-Ti+" in done.stdout


def ends(line: str, **variables: str) -> tuple[int, str]:
    """Run a line of shell, in which `pwc` is this program, and return its exit code and what it wrote."""
    line = f'pwc() {{ {shlex.quote(sys.executable)} -m pwc_bench "$@"; }}; {line}'
    done = subprocess.run(
        ["/bin/sh", "-c", line], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("pwc list variants >&-", 0),
        ("pwc build --no-records >&- 2>&- <&-", 0),
        ("pwc export --format csv 2>&-", 0),
        ("pwc check --baseline base.jsonl --candidate base.jsonl 2>/dev/full", 0),
        ("pwc check --baseline base.jsonl --candidate worse.jsonl >/dev/full", 1),
        ("pwc check --baseline base.jsonl --candidate worse.jsonl >&- 2>&-", 1),
        ("pwc check --help >/dev/full", 4),
        ("pwc --version >/dev/full 2>/dev/full", 4),
        ("pwc nosuch 2>/dev/full", 2),
        ("pwc prune --keep 0 <&-", 2),
        ("_PWC_BENCH_COMPLETE=nosuch pwc", 2),
    ],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_closed_and_full_streams_change_no_code(database: Path, line: str, code: int) -> None:
    """The exit code says what the command did, and nothing becomes a traceback."""
    Path("base.jsonl").write_text(record_to_json(cost()))
    Path("worse.jsonl").write_text(record_to_json(cost(gflops=6, campaign="worse")))
    found, said = ends(line)
    assert found == code, said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        "build --site '~nosuch/x'",
        "check --accepted '~nosuch/x' --baseline base.jsonl --candidate base.jsonl",
        "check --candidate '~nosuch/x' --baseline base.jsonl",
        "check --output '~nosuch/x' --baseline base.jsonl --candidate base.jsonl",
        "export --format csv --output '~nosuch/x'",
        "import '~nosuch/x'",
        "list records --db '~nosuch/x'",
        "run --data '~nosuch/x' --dry-run",
        "run --weights-dir '~nosuch/x' --dry-run",
        "submit '~nosuch/x'",
    ],
)
def test_unknown_home_in_an_option_is_bad_input(database: Path, runner: CliRunner, arguments: str) -> None:
    """One line names the path, and no folder called "~nosuch" appears."""
    Path("base.jsonl").write_text(record_to_json(cost()))
    done = runner.invoke(app, shlex.split(arguments))
    assert done.exit_code == 2, done.output
    assert "~nosuch/x" in done.stderr
    assert not Path("~nosuch").exists()


@pytest.mark.parametrize(
    ("variable", "arguments"),
    [
        ("PWC_BENCH_DB", "list records"),
        ("PWC_BENCH_SITE", "build"),
        ("PWC_BENCH_CACHE", "prune --cache --yes"),
        ("PWC_BENCH_IMAGENET", "run --models convit-ti --dry-run"),
    ],
)
def test_unknown_home_in_a_variable_is_bad_input(
    database: Path, runner: CliRunner, monkeypatch: pytest.MonkeyPatch, variable: str, arguments: str
) -> None:
    """So does one that stands in the environment."""
    monkeypatch.setenv(variable, "~nosuch/x")
    done = runner.invoke(app, shlex.split(arguments))
    assert done.exit_code == 2, done.output
    assert "~nosuch/x" in done.stderr


def test_without_a_home_the_variable_to_set_is_named(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    """A user without HOME and without an entry in the password file is told what to do."""

    def unknown(*_: object) -> None:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "PWC_BENCH_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    done = runner.invoke(app, ["run", "--models", "convit-ti", "--dry-run"])
    assert done.exit_code == 2, done.output
    assert "PWC_BENCH_CACHE" in done.stderr


def test_unforeseen_error_of_a_command_is_70(database: Path, tmp_path: Path) -> None:
    """Whatever breaks inside of a command, its code is not the one of a regression."""
    patch = tmp_path / "patch"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(
        "import sqlite3\ndef broken(*_a, **_k): raise AssertionError('unforeseen')\n"
        "sqlite3.connect = sqlite3.dbapi2.connect = broken\n"
    )
    code, said = ends("pwc list records", PYTHONPATH=f"{patch}{os.pathsep}{Path(pwc_bench.__file__).parents[1]}")
    assert code == 70
    assert said.count("\n") == 1
    assert str(tmp_path / "cache" / "traceback.txt") in said
