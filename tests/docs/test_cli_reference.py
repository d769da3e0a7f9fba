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
    parts = [INTRODUCTION, _section("pwc-bench", app)]
    context = click.Context(app, info_name="pwc-bench")
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert command is not None
        parts.append(_section(f"pwc-bench {name}", command))
    return "\n".join(parts)


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name, **command.context_settings)
    context.terminal_width = context.max_content_width = 80
    return f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"


def test_the_reference_is_what_the_commands_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes an option sees this fail until the page says so too."""
    for name in ("PWC_BENCH_DB", "PWC_BENCH_SITE", "PWC_BENCH_IMAGENET", "PWC_BENCH_CACHE"):
        monkeypatch.delenv(name, raising=False)
    if os.environ.get("PWC_BENCH_UPDATE"):
        PAGE.write_text(reference())
    assert PAGE.read_text() == reference()
