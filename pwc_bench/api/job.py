"""Taking part in a torchrun job, where this process is one of several."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.machine import chosen_threads, cpu_count
from pwc_bench.api.options import RunOptions
from pwc_bench.api.places import sqlite_path
from pwc_bench.api.prepare import at_folder, prepare
from pwc_bench.core.observer import SilentObserver
from pwc_bench.core.place import place_from_environment

if TYPE_CHECKING:
    from pwc_bench.evaluation.launch import Team


@contextmanager
def taking_part() -> "Iterator[Team | None]":
    """Meet the other processes of this job until the end of the block; gives None where there are no others.

    Raises UsageError where the environment's ranks cannot be, and EvaluationError where the others do not come.
    """
    place = place_from_environment(os.environ)
    if place.is_alone:
        yield None
        return
    from pwc_bench.evaluation.launch import join_team, share_threads

    share_threads(place, cpu_count(), chosen_threads())
    with join_team(place) as team:
        yield team


def assist_session(options: RunOptions, db: str | None, folder: Path, team: "Team") -> None:
    """Take this process's share of what the first one evaluates; store nothing, say nothing.

    Shards that the first process cannot see lie below the database's folder, or `folder`, until they are sent.
    """
    file = None if db is None else sqlite_path(db)
    with prepare(options) as request:
        from pwc_bench.evaluation import assist

        assist(at_folder(request, folder if file is None else file.parent), SilentObserver(), team)
