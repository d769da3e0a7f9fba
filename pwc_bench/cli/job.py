"""The command line in a torchrun job: one process talks, all end with the same code."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from pwc_bench.api.options import RunOptions
from pwc_bench.cli.failures import INTERRUPTED, exit_code_of
from pwc_bench.core.errors import PwcBenchError
from pwc_bench.core.text_forms import one_line

if TYPE_CHECKING:
    from pwc_bench.evaluation.launch import Team

_FOLDER = Path("results")


class _Stopped(KeyboardInterrupt):
    """The job's launcher asks this process to end, because another one has."""


@contextmanager
def ending_together(team: "Team | None") -> Iterator[None]:
    """Let the first process end in good order when the launcher stops it, and tell the others its exit code."""
    if team is None or not team.place.leads:
        yield
        return
    before = signal.signal(signal.SIGTERM, _stop)
    code = 0
    try:
        yield
    except BaseException as error:
        code = exit_code_of(error)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        if team.failure() is None:
            team.part(code)


def reason_to_stop(team: "Team | None", interrupt: KeyboardInterrupt) -> str | None:
    """Say which process has ended the job; None where a person pressed Ctrl-C. The others are told either way."""
    if team is None:
        return None
    failure = team.failure()
    if failure is None:
        team.fail("interrupted")
    if not isinstance(interrupt, _Stopped):
        return None
    return failure or "another process of the job has ended (torchrun names it below)"


def assist(context: click.Context, options: RunOptions, db: str, team: "Team") -> NoReturn:
    """Do this process's share in silence, and end with the code of the first process.

    What goes wrong here first is said with this process's name; what another one has said is not repeated.
    """
    from pwc_bench.api.job import assist_session

    try:
        assist_session(options, db, _FOLDER, team)
        context.exit(team.await_part())
    except PwcBenchError as error:
        if team.failure() is None:
            team.fail(one_line(str(error)))
            click.echo(f"error: {team.name}: {one_line(str(error))}", err=True)
        context.exit(error.exit_code)
    except KeyboardInterrupt:
        context.exit(INTERRUPTED)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped
