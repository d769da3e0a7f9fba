"""The program itself: help without heavy imports, names, versions, mistakes."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import pwc_bench
from pwc_bench.cli.app import DocumentedCommand, LazyGroup, app

COMMANDS = (
    "run", "build", "serve", "check", "accept", "list", "show", "submit", "import", "export", "prune", "doctor",
)  # fmt: skip
HEAVY = ("torch", "torchvision", "timm", "sqlalchemy", "pandas", "numpy", "jinja2", "PIL", "rich", "importlib.metadata")


def imported_by(*arguments: str) -> set[str]:
    """Run the command line in a new process and return the modules that it imported."""
    code = (
        "import sys\nfrom pwc_bench.cli.app import app\n"
        f"app({list(arguments)!r}, prog_name='pwc-bench', standalone_mode=False)\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_imports_nothing_heavy_and_no_command() -> None:
    """`--help` names every command without importing one of them."""
    imported = imported_by("--help")
    assert imported.isdisjoint(HEAVY)
    assert not {name for name in imported if name in {f"pwc_bench.cli.{command}" for command in COMMANDS}}


def test_help_of_every_command_imports_nothing_heavy() -> None:
    """A command's help and its completion start as fast as the program's."""
    code = (
        "import sys\nfrom pwc_bench.cli.app import app\n"
        f"for name in {COMMANDS!r}:\n    app([name, '--help'], prog_name='pwc-bench', standalone_mode=False)\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stderr.split()).isdisjoint(HEAVY)


def test_help_lists_every_command_in_order(runner: CliRunner) -> None:
    """The commands stand in the order in which one meets them."""
    text = runner.invoke(app, ["-h"]).output
    places = [text.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)
    assert "130  interrupted; what was measured is kept" in text
    assert max(map(len, text.splitlines())) <= 90


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_documents_itself(runner: CliRunner, name: str) -> None:
    """Each help has examples and exit codes, and examples name existing commands and options."""
    text = runner.invoke(app, [name, "--help"]).output
    assert "Examples:\n  pwc-bench " + name in text
    assert "Exit codes:\n  0 " in text
    command = app.get_command(click.Context(app), name)
    assert isinstance(command, DocumentedCommand)
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for example in command.examples:
        assert {word for word in example.split() if word.startswith("--")} <= known


def test_every_known_help_line_belongs_to_a_command() -> None:
    """The lines that are known without importing speak of commands that exist."""
    assert isinstance(app, LazyGroup)
    context = click.Context(app)
    assert tuple(app.list_commands(context)) == COMMANDS
    for name in COMMANDS:
        found = app.get_command(context, name)
        assert found is not None
        assert found.name == name


def test_mistyped_command_gets_a_suggestion(runner: CliRunner) -> None:
    """A mistyped command ends with 2 and names the one that was meant."""
    result = runner.invoke(app, ["rum"])
    assert result.exit_code == 2
    assert "did you mean 'run'?" in result.stderr


def test_unknown_command_without_a_like(runner: CliRunner) -> None:
    """A name that is like none is refused plainly."""
    result = runner.invoke(app, ["xyzzy"])
    assert result.exit_code == 2
    assert "There is no command 'xyzzy'." in result.stderr


def test_version(runner: CliRunner) -> None:
    """`--version` prints the name and the version."""
    assert runner.invoke(app, ["--version"]).output == f"pwc-bench {pwc_bench.__version__}\n"


def test_module_runs_as_a_program(place: Path) -> None:
    """`python -m pwc_bench` is the command line, exit codes included."""
    done = subprocess.run(
        [sys.executable, "-m", "pwc_bench", "list", "records"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: no database at ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_completion_names_commands(place: Path) -> None:
    """Shells can complete commands and values."""
    import os

    environment = {**os.environ, "_PWC_BENCH_COMPLETE": "bash_complete", "COMP_WORDS": "pwc-bench l", "COMP_CWORD": "1"}
    program = "import sys; sys.argv[0] = 'pwc-bench'; from pwc_bench.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "plain,list\n"
