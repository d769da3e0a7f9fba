"""What the closing words tell people to type can be typed."""

import shutil
import sys
from pathlib import Path

import pytest

from pwc_bench.cli.finish import program_name


def test_the_name_alone_where_the_shell_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed program is called by its name."""
    program = tmp_path / "pwc-bench"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program_name() == "pwc-bench"


def test_the_interpreter_where_it_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an environment that nobody activated, the interpreter stands there, by the shorter path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("pwc-bench") is None
    monkeypatch.chdir(Path(sys.executable).parents[1])
    assert program_name() == f"bin/{Path(sys.executable).name} -m pwc_bench"
    monkeypatch.chdir(tmp_path)
    assert program_name() == f"{sys.executable} -m pwc_bench"
