"""A check from its settings to the exit code: read, compare, report."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from pwc_bench.api.check_settings import CheckSettings
from pwc_bench.api.checking import compare_shelves, open_sides
from pwc_bench.api.confirming import measured_again
from pwc_bench.cli.check_text import plan_lines
from pwc_bench.cli.output_file import refuse_unwritable
from pwc_bench.cli.text import say
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.core.verdict import REGRESSION, exit_code


def end_with_report(settings: CheckSettings, db: str, output: Path | None, *, explain: bool, dry_run: bool) -> NoReturn:
    """Compare, write the report, and end the command with the verdicts' exit code (0 for a dry run)."""
    context = click.get_current_context()
    if output is not None:
        refuse_unwritable(output)
    with _observing() as observer:
        baseline, candidate = open_sides(settings, db, observer)
        with _without_collections():
            check = compare_shelves(baseline, candidate, settings, db, observer)
            if settings.confirm and not dry_run:
                again = measured_again(check, candidate, settings.confirm, db, observer)
                check = compare_shelves(baseline, candidate, settings, db, observer, again) if again else check
    if dry_run:
        say("\n".join(plan_lines(check)))
        context.exit(0)
    from pwc_bench.cli.check_report import report  # with it comes scipy: a mistake is told without

    code = exit_code(check.verdicts)
    try:
        report(check, settings, output, explain=explain)
    except OSError as error:
        if code != REGRESSION:
            raise
        # A reader that went away, or a full disk, makes no regression go away.
        say(f"error: a regression, whose report cannot be written: {error.strerror}", err=True)
    context.exit(code)


@contextmanager
def _observing() -> Iterator[Observer]:
    if not sys.stderr.isatty():
        yield SilentObserver()
        return
    from pwc_bench.cli.console import observing

    with observing() as observer:
        yield observer


@contextmanager
def _without_collections() -> Iterator[None]:
    """Leave the garbage be: a check makes little of it, and lives for a second or two.

    statsmodels collects at each correction, which costs more than the comparison where all these modules are loaded.
    """
    # What lives now is left out of each collection. With it comes scipy: whatever cannot be read has been told by now.
    import pwc_bench.regression  # noqa: F401

    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()
