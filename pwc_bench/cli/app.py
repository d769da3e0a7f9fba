"""The program itself: its commands by name, with the help that is known without importing them."""

import difflib
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import click
from click.shell_completion import shell_complete

from pwc_bench.cli.failures import told_plainly
from pwc_bench.core.errors import UsageError


class DocumentedCommand(click.Command):
    """A command that declares its examples and the meaning of its exit codes."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  (click's)
        examples: Sequence[str],
        exit_codes: Mapping[int, str],
        **settings: Any,  # noqa: ANN401  (click's)
    ) -> None:
        super().__init__(*args, **settings)
        self.examples = tuple(examples)
        self.exit_codes = dict(exit_codes)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's)
        """Write the examples and the exit codes at the end of the help."""
        write_sections(
            formatter,
            {"Examples": self.examples, "Exit codes": [(str(code), text) for code, text in self.exit_codes.items()]},
        )


def write_sections(
    formatter: click.HelpFormatter, sections: Mapping[str, Sequence[str] | Sequence[tuple[str, str]]]
) -> None:
    """Write each section: texts as lines that are never broken, pairs as two columns."""
    for title, items in sections.items():
        with formatter.section(title):
            pairs = [item for item in items if isinstance(item, tuple)]
            if pairs:
                formatter.write_dl(pairs)
            for line in items:
                if isinstance(line, str):
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


class LazyCommand(NamedTuple):
    """Where a command lives, and the line that says what it does."""

    module: str
    """The module whose `command` it is."""
    short_help: str
    """Its line in the list of commands."""


class LazyGroup(click.Group):
    """Knows its commands by name and imports one when it is asked for."""

    def __init__(
        self,
        *,
        lazy_commands: Mapping[str, LazyCommand],
        sections: Mapping[str, Sequence[str] | Sequence[tuple[str, str]]],
        **settings: Any,  # noqa: ANN401  (click's)
    ) -> None:
        super().__init__(**settings)
        self._lazy = lazy_commands
        self._sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's)
        """List the names in the order in which they were declared."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of that name; None where there is none."""
        found = self._lazy.get(cmd_name)
        if found is None:
            return None
        command = importlib.import_module(found.module).command
        if not isinstance(command, click.Command):
            message = f"{found.module}.command is not a click command"
            raise TypeError(message)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; say which ones are like it where there is none."""
        name = args[0]
        if name not in self._lazy and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, self._lazy, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            ctx.fail(f"There is no command {name!r}{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's)
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, found.short_help) for name, found in self._lazy.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (click's)
        """Write the further sections at the end of the help."""
        write_sections(formatter, self._sections)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  (click's)
        **settings: Any,  # noqa: ANN401  (click's)
    ) -> Any:  # noqa: ANN401  (click's)
        """Run the command that the arguments name; however it ends, in one line at most and its own exit code."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **settings)
        name = prog_name or "pwc-bench"
        variable = complete_var or f"_{name}_COMPLETE".replace("-", "_").upper()
        # click's own way ends with 1 for some of what is told here, and that means a regression.
        with told_plainly():
            if instruction := os.environ.get(variable):
                self._complete(name, variable, instruction)
            with self.make_context(name, list(sys.argv[1:] if args is None else args), **settings) as context:
                self.invoke(context)
        return None

    def _complete(self, name: str, variable: str, instruction: str) -> NoReturn:
        if shell_complete(self, {}, name, variable, instruction) != 0:
            raise UsageError(f"{variable}={instruction}: give bash_source, zsh_source or fish_source")
        raise click.exceptions.Exit(0)


_COMMANDS = {
    "run": LazyCommand("pwc_bench.cli.run", "Measure models on images, store the records, render the site."),
    "build": LazyCommand("pwc_bench.cli.build", "Render the site from the database."),
    "serve": LazyCommand("pwc_bench.cli.serve", "Show the site at http://127.0.0.1."),
    "check": LazyCommand("pwc_bench.cli.check", "Compare a candidate with a baseline; fail where something got worse."),
    "accept": LazyCommand("pwc_bench.cli.accept", "Let one changed value of an exact metric pass."),
    "list": LazyCommand("pwc_bench.cli.list", "List variants, data sets, metrics, records or campaigns."),
    "show": LazyCommand("pwc_bench.cli.show", "Show one thing whole: a variant, record, claim, campaign or paper."),
    "submit": LazyCommand("pwc_bench.cli.submit", "Bring published numbers, with their sources, into the database."),
    "import": LazyCommand("pwc_bench.cli.importing", "Read records, submissions or the PWC Archive's tables."),
    "export": LazyCommand("pwc_bench.cli.export", "Write records and claims as JSON Lines, CSV, PWC JSON or YAML."),
    "prune": LazyCommand("pwc_bench.cli.prune", "Delete old campaigns, predictions and cached files."),
    "doctor": LazyCommand("pwc_bench.cli.doctor", "Say what this machine can do and what it lacks."),
}


_SECTIONS = {
    "Start here": [
        ("pwc-bench run", "the demo, on any machine"),
        ("pwc-bench run --data DIR", "the six ConViTs on the ImageNet in DIR"),
        ("pwc-bench serve", "look at the site"),
        ("pwc-bench check", "the newest run against the published records"),
    ],
    "Exit codes": [
        ("0", "done, or the check passed"),
        ("1", "a regression"),
        ("2", "usage, or bad input"),
        ("3", "incomparable, or no baseline"),
        ("4", "an evaluation failed or is incomplete"),
        ("5", "inconclusive, or nothing compared"),
        ("70", "an unforeseen error, a fault of the program: never 1"),
        ("130", "interrupted; what was measured is kept"),
    ],
    "Defaults from the environment": [
        ("PWC_BENCH_DB", "the database (results/pwc-bench.db)"),
        ("PWC_BENCH_SITE", "the folder of the site (site)"),
        ("PWC_BENCH_IMAGENET", "where ImageNet lies (none: the demo)"),
        ("PWC_BENCH_CACHE", "downloads and the like (~/.cache/pwc-bench)"),
    ],
    "Shell completion": ['eval "$(_PWC_BENCH_COMPLETE=bash_source pwc-bench)"   (or zsh_source, fish_source)'],
}


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  (click's)
    if not wanted or context.resilient_parsing:
        return
    from pwc_bench import __version__

    click.echo(f"pwc-bench {__version__}")
    context.exit()


@click.group(
    cls=LazyGroup,
    lazy_commands=_COMMANDS,
    sections=_SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and end.",
)
def app() -> None:
    """Turn model checkpoints into a leaderboard that people can trust."""
