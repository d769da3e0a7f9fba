"""A check from its settings to the exit code: read, compare, report."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from pwc_bench.api.check_settings import CheckSettings
from pwc_bench.api.checking import run_check
from pwc_bench.cli.check_text import plan_lines
from pwc_bench.cli.output_file import refuse_unwritable
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.core.verdict import exit_code

__all__ = ["end_with_report"]


def end_with_report(settings: CheckSettings, db: str, output: Path | None, *, explain: bool, dry_run: bool) -> NoReturn:
    """Compare, write the report, and end the command with the verdicts' exit code (0 for a dry run)."""
    context = click.get_current_context()
    if output is not None:
        refuse_unwritable(output)
    with _observing() as observer:
        check = run_check(settings, db, observer)
    if dry_run:
        click.echo("\n".join(plan_lines(check)))
        context.exit(0)
    from pwc_bench.cli.check_report import report  # with it comes scipy: a mistake is told without

    report(check, settings, output, explain=explain)
    context.exit(exit_code(check.verdicts))


@contextmanager
def _observing() -> Iterator[Observer]:
    if not sys.stderr.isatty():
        yield SilentObserver()
        return
    from pwc_bench.cli.console import observing

    with observing() as observer:
        yield observer
