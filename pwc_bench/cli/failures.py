"""What a failure looks like at the terminal: one line on stderr, and the exit code that belongs to it."""

import errno
import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from pwc_bench.cli.unforeseen import UNFORESEEN, tell_unforeseen
from pwc_bench.core.errors import LeftOutWarning, PwcBenchError
from pwc_bench.core.text_forms import one_line, printable

FAILED = 4
INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports for a program whose reader went away."""

_PLACE = "name another place: by an option such as --db, --site and --output, or by PWC_BENCH_CACHE"
_EXPECTED = {
    errno.ENOSPC: "free some space and run the same command again: what was measured is kept",
    errno.EDQUOT: "free some of your quota and run the same command again: what was measured is kept",
    errno.EIO: "the disk or the network drive reports an error",
    errno.EROFS: _PLACE,
    errno.EACCES: _PLACE,
    errno.EPERM: _PLACE,
    errno.ENOTDIR: _PLACE,
    errno.EISDIR: "this is a folder: name a file",
    errno.ENAMETOOLONG: "give a shorter name",
    errno.ELOOP: _PLACE,
    errno.EMFILE: "raise the number of files that a process may open (ulimit -n)",
}
"""The system's errors that are no fault of the program, and what to do about each."""
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


@contextmanager
def told_plainly() -> Iterator[None]:
    """End the process as the command deserves, each failure in one line; an unforeseen one with its traceback kept."""
    code = 0
    try:
        with _left_out_named():
            yield
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001  (nothing may end with Python's own 1, which means a regression)
        code = exit_code_of(error)
        _tell(error, code)
    _discard_output()
    sys.exit(code)


def exit_code_of(error: BaseException) -> int:
    """Return the exit code of a command that ends with `error`: 70 for one that nobody foresaw."""
    if isinstance(error, click.exceptions.Exit | PwcBenchError):
        return error.exit_code
    if isinstance(error, click.ClickException):
        return PwcBenchError.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE
    if isinstance(error, OSError) and error.errno in _EXPECTED:
        return FAILED if error.errno in _OF_THE_DISK else PwcBenchError.exit_code
    return UNFORESEEN


def _tell(error: BaseException, code: int) -> None:
    if isinstance(error, click.exceptions.Exit | BrokenPipeError):
        return
    if isinstance(error, KeyboardInterrupt | click.Abort):
        click.echo("interrupted", err=True)
    elif isinstance(error, click.ClickException):
        shown = io.StringIO()
        error.show(shown)
        click.echo(printable(shown.getvalue()), err=True, nl=False)
    elif code == UNFORESEEN:
        tell_unforeseen(error)
    else:
        click.echo(f"error: {one_line(_words(error))}", err=True)


def _words(error: BaseException) -> str:
    if not isinstance(error, OSError):
        return str(error)
    place = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror}{place}: {_EXPECTED[error.errno or 0]}"


@contextmanager
def _left_out_named() -> Iterator[None]:
    """Tell of each plug-in and each stored record that is left out, once and in one line."""
    show, told = warnings.showwarning, set()

    def tell(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:  # noqa: ANN401
        if not issubclass(category, LeftOutWarning):
            show(message, category, *where, **more)
        elif str(message) not in told:
            told.add(str(message))
            click.echo(f"warning: {one_line(str(message))}", err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("always", LeftOutWarning)
        warnings.showwarning = tell
        yield


def _discard_output() -> None:
    """Send what stdout still holds nowhere, if it cannot be written: Python would try once more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
