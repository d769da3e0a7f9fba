"""docs/cli.md is what the commands say of themselves. PWC_BENCH_UPDATE=1 writes it anew."""

import os
from pathlib import Path

import click
import pytest

from pwc_bench.cli.app import app

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
INTRODUCTION = """\
# The command line

This page is what `--help` prints; a test compares the two.
"""


def reference() -> str:
    """Return the page: the program's help, then each command's."""
    program = click.Context(app, info_name="pwc-bench", terminal_width=80, max_content_width=80, **app.context_settings)
    parts = [INTRODUCTION, _section(program)]
    for name in app.list_commands(program):
        command = app.get_command(program, name)
        assert command is not None
        # As a child of the program's context, as in a real call: help options are inherited, and cached by click.
        parts.append(_section(click.Context(command, parent=program, info_name=name, **command.context_settings)))
    return "\n".join(parts)


def _section(context: click.Context) -> str:
    return f"## {context.command_path}\n\n```text\n{context.get_help()}\n```\n"


def test_the_reference_is_what_the_commands_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes an option sees this fail until the page says so too."""
    for name in ("PWC_BENCH_DB", "PWC_BENCH_SITE", "PWC_BENCH_IMAGENET", "PWC_BENCH_CACHE"):
        monkeypatch.delenv(name, raising=False)
    if os.environ.get("PWC_BENCH_UPDATE"):
        PAGE.write_text(reference())
    assert PAGE.read_text() == reference()
