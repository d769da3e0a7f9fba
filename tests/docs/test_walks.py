"""The walks of docs/architecture.md, followed by the calls of the real commands."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.gate import cost, written
from tests.cli.test_import_submit import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
_FOLLOW = """
import sys, threading
from pathlib import Path
import pwc_bench
root = str(Path(pwc_bench.__file__).parent) + "/"
visited = {}
def follow(frame, event, arg):  # called for each call of a Python function, and not for its lines
    code = frame.f_code
    if code.co_filename.startswith(root) and code.co_flags & 1 and code.co_name[0] != "<":  # no class, no module
        visited.setdefault(code.co_filename[len(root):].removesuffix(".py"), None)
from click.testing import CliRunner
from pwc_bench.cli.app import app
sys.settrace(follow); threading.settrace(follow)
done = CliRunner().invoke(app, sys.argv[1:])
sys.settrace(None)
assert done.exit_code == 0, done.output
print("\\n".join(visited))
"""


def walk_of(command: str) -> list[str]:
    """The files that the page names, in order."""
    (words,) = re.findall(rf"^`{command}`: (.*?)\n\n", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return re.findall(r"`([a-z_/]+)`", words)


def visits(place: Path, *arguments: str) -> list[str]:
    """The modules that a command calls, in the order of the first call; without coverage, which follows calls too."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PWC_BENCH", "COV"))}
    environment |= {"PWC_BENCH_CACHE": str(place / "cache")}
    words = [sys.executable, "-c", _FOLLOW, *arguments]
    done = subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def holds(command: str, found: list[str]) -> None:
    """The page's files are visited in the page's order, and are few enough to be held in the head."""
    named = walk_of(command)
    assert 5 <= len(named) <= 14
    assert [module for module in found if module in named] == named


def test_check_goes_as_the_page_says(tmp_path: Path) -> None:
    """From the command to the report."""
    written(tmp_path / "base.jsonl", cost())
    written(tmp_path / "new.jsonl", cost(campaign="new"))
    holds("check", visits(tmp_path, "check", "--baseline", "base.jsonl", "--candidate", "new.jsonl"))


def test_import_and_build_go_as_the_page_says(tmp_path: Path) -> None:
    """From a file to the database, and from there to pages."""
    (tmp_path / "tables.json").write_text(json.dumps(TABLES))
    holds("import", visits(tmp_path, "import", "tables.json", "--db", "x.db"))
    holds("build", visits(tmp_path, "build", "--db", "x.db", "--site", "site"))


@pytest.mark.slow  # torch's own calls are followed too
def test_run_goes_as_the_page_says(tmp_path: Path) -> None:
    """From the command to the closing table."""
    chosen = ("--models", "convit-ti", "--limit", "4", "--metrics", "top1,throughput", "--db", "x.db")
    holds("run", visits(tmp_path, "run", *chosen))
