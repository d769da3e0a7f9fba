"""A group of commands whose modules are imported when they are run, and whose errors are told in one line."""

import difflib
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import click
from click.shell_completion import shell_complete

from pwc_bench.cli.documented import write_sections
from pwc_bench.cli.failures import told_plainly
from pwc_bench.core.errors import UsageError


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
