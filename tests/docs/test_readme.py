"""The README's promises hold: its commands exist, its links lead somewhere, its example of a family works."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from pwc_bench.cli.app import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()


def test_every_command_and_option_exists() -> None:
    """Each `pwc-bench X --option` of the README is one that the program knows."""
    context = click.Context(app)
    lines = re.findall(r"[$`] ?pwc-bench (\w+)([^`\n#]*)", README)
    assert len(lines) > 3
    for name, rest in lines:
        command = app.get_command(context, name)
        assert command is not None, name
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert set(re.findall(r"--[a-z0-9-]+", rest)) <= known


def test_every_make_target_exists() -> None:
    """`make X` in what people read is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"[$`] ?make ([a-z-]+)", README + CONTRIBUTING)) <= targets


def test_every_relative_link_leads_to_a_file() -> None:
    """Pictures and pages that the README points to are in the repository."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README + CONTRIBUTING) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_example_of_a_family_declares_variants() -> None:
    """The code that a reader copies runs."""
    (code,) = [block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "VARIANTS" in block]
    names: dict[str, Any] = {}
    exec(code, names)
    (variant,) = names["VARIANTS"]
    assert variant.title == "ResNet-18"


@pytest.mark.slow
def test_the_python_block_runs_in_an_empty_folder(tmp_path: Path) -> None:
    """What a reader copies needs no data, no records and no repository."""
    (code,) = [block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "evaluate(" in block]
    (tmp_path / "block.py").write_text(code)
    ended = subprocess.run(
        [sys.executable, "block.py"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == 0, ended.stderr
    assert "convit-ti" in ended.stdout
    assert (tmp_path / "site" / "index.html").is_file()


def test_the_examples_install_from_the_repository_and_not_from_here() -> None:
    """They are copied into repositories that hold records or models, and not this package."""
    for example in (ROOT / "docs" / "examples").glob("*.yml"):
        text = example.read_text()
        assert "OWNER/pwc-bench@" in text, example.name
        assert not re.search(r"pip install (\.|-e|-r)", text), example.name
