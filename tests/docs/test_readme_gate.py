"""The README's chapter on the gate, done as a reader does it."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pwc_bench.api.check_settings import check_settings

ROOT = Path(__file__).parents[2]
CHAPTER = (ROOT / "README.md").read_text().partition("\n## A gate in CI\n")[2].partition("\n## ")[0]


def block(language: str) -> str:
    """Return the only code of a language in the chapter."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", CHAPTER, re.DOTALL)
    return str(code)


def test_the_settings_can_be_used(tmp_path: Path) -> None:
    """What a reader copies into pwc-bench.toml is understood."""
    (tmp_path / "pwc-bench.toml").write_text(block("toml"))
    settings = check_settings({}, {}, tmp_path)
    assert settings.metrics == tuple(tomllib.loads(block("toml"))["check"]["metrics"])
    assert settings.policy.least_accuracy_loss == 0.1


def test_every_exit_code_is_told() -> None:
    """The chapter names all of them."""
    assert re.findall(r"\*\*(\d)\*\*", CHAPTER) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.slow
def test_the_commands_do_what_the_chapter_says(tmp_path: Path) -> None:
    """From an empty folder to a check that fails, and passes once its values are accepted."""
    place, programs = tmp_path / "models", tmp_path / "bin"
    place.mkdir()
    programs.mkdir()
    (programs / "pwc-bench").write_text(f'#!/bin/sh\nexec {sys.executable} -m pwc_bench "$@"\n')
    (programs / "pwc-bench").chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PWC_BENCH_")} | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PWC_BENCH_CACHE": str(tmp_path / "cache"),
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }
    subprocess.run(["git", "init", "--quiet"], cwd=place, check=True)
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "config", key, value], cwd=place, check=True)
    (place / "my_model.py").write_text(block("python"))
    lines = [line.removeprefix("$ ") for line in block("console").splitlines()]
    assert len(lines) == 10
    for line in lines:
        promised = re.search(r"pwc-bench check.*# (\d):", line)
        command = ["bash", "-c", line]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == (int(promised[1]) if promised else 0), f"{line}\n{done.stdout}{done.stderr}"
        if "--explain" in line:
            assert done.stdout.count("nobody has accepted it") == 2
    committed = subprocess.run(
        ["git", "ls-files"], cwd=place, capture_output=True, text=True, check=True
    ).stdout.split()
    assert len([path for path in committed if path.startswith("results/predictions/")]) == 1
    assert "results/first.jsonl" in committed
    assert not [path for path in committed if ".db" in path]
