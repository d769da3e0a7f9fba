"""Commands run by a user without any rights: root may do anything, so it cannot see what others are refused."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["public_folder", "run_as_nobody"]

_AS_NOBODY = """
import os, sys
from click.testing import CliRunner
import alembic.command, sqlalchemy.dialects.sqlite, pwc_bench.store
from pwc_bench.cli.app import app
arguments, first = sys.argv[2:], sys.argv[1].split()
runner = CliRunner()
runner.invoke(app, first)  # imports what the command needs: from here on nothing of this installation need be readable
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
result = runner.invoke(app, arguments)
sys.stdout.write(result.stdout)
sys.stderr.write(result.stderr)
if result.exception is not None and not isinstance(result.exception, SystemExit):
    raise result.exception
sys.exit(result.exit_code)
"""


@contextmanager
def public_folder() -> Iterator[Path]:
    """Make a folder that another user can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="pwc-bench-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def run_as_nobody(
    arguments: Sequence[str], folder: Path, first: str, **settings: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command in `folder` as a user without rights (as this user, unless it is root), after the command `first`.

    `first` is to import what the command itself needs, and must end. `settings` are environment variables.
    """
    command = [sys.executable, "-c", _AS_NOBODY, first, *arguments]
    environment = {**os.environ, **settings}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
