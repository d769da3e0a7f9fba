"""What failures look like: one line, the right exit code, never a traceback."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pwc_bench.cli.failures import told_plainly
from pwc_bench.core.errors import EvaluationError, PwcBenchError, UsageError


def ended(error: BaseException) -> int:
    """Raise `error` inside a command and return the exit code it ends with."""
    with pytest.raises(click.exceptions.Exit) as found, told_plainly(click.Context(click.Command("x"))):
        raise error
    return found.value.exit_code


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("--x cannot be"), 2, "error: --x cannot be\n"),
        (EvaluationError("it failed\nbadly"), 4, "error: it failed badly\n"),
        (PwcBenchError("a \x1b[31mred\x1b[0m name"), 2, "error: a \ufffd[31mred\ufffd[0m name\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (click.Abort(), 130, "interrupted\n"),
        (BrokenPipeError(), 141, ""),
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


def test_faults_of_the_program_are_not_hidden() -> None:
    """Anything else is a bug and keeps its traceback."""
    with pytest.raises(OSError, match="odd"), told_plainly(click.Context(click.Command("x"))):
        raise OSError(errno.ENOTTY, "odd")


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
