"""What a failure looks like at the terminal: one line on stderr, and the exit code that belongs to it."""

import errno
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from pwc_bench.cli.text import one_line
from pwc_bench.core.errors import PwcBenchError
from pwc_bench.isolation import PluginWarning

__all__ = ["BROKEN_PIPE", "FAILED", "INTERRUPTED", "told_plainly"]

FAILED = 4
INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports for a program whose reader went away."""

_EXPECTED = {
    errno.ENOSPC: "free some space and run the same command again: what was measured is kept",
    errno.EDQUOT: "free some of your quota and run the same command again: what was measured is kept",
    errno.EROFS: "the file system is read-only: name another place with --db or --site",
    errno.EACCES: "name a place that you may read and write",
    errno.EPERM: "name a place that you may read and write",
    errno.EIO: "the disk or the network drive reports an error",
}
"""The system's errors that are no fault of the program, and what to do about each."""


@contextmanager
def told_plainly(context: click.Context) -> Iterator[None]:
    """Turn what a person can cause or meet into one line and an exit code; let faults of the program through."""
    try:
        with _plugins_named():
            yield
        sys.stdout.flush()
    except PwcBenchError as error:
        _end(context, str(error), error.exit_code)
    except BrokenPipeError:
        _discard_output()
        context.exit(BROKEN_PIPE)
    except OSError as error:
        if error.errno not in _EXPECTED:
            raise
        _discard_output()
        place = f" ({error.filename})" if error.filename else ""
        _end(context, f"{error.strerror}{place}: {_EXPECTED[error.errno]}", _exit_code(error))
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        context.exit(INTERRUPTED)


@contextmanager
def _plugins_named() -> Iterator[None]:
    """Tell of each plug-in that is left out, once and in one line."""
    show, told = warnings.showwarning, set()

    def tell(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:  # noqa: ANN401
        if not issubclass(category, PluginWarning):
            show(message, category, *where, **more)
        elif str(message) not in told:
            told.add(str(message))
            click.echo(f"warning: {one_line(str(message))}", err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("always", PluginWarning)
        warnings.showwarning = tell
        yield


def _end(context: click.Context, message: str, exit_code: int) -> NoReturn:
    click.echo(f"error: {one_line(message)}", err=True)
    context.exit(exit_code)


def _exit_code(error: OSError) -> int:
    return FAILED if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO) else PwcBenchError.exit_code


def _discard_output() -> None:
    """Send what stdout still holds nowhere, where it cannot be written: Python would try once more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
