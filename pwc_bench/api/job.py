"""Taking part in a torchrun job, where this process is one of several."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.options import RunOptions, chosen_threads, cpu_count
from pwc_bench.api.places import sqlite_path
from pwc_bench.api.prepare import at_folder, prepare
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.core.place import place_from_environment
from pwc_bench.core.record import Record

if TYPE_CHECKING:
    from pwc_bench.evaluation.launch import Team
    from pwc_bench.evaluation.processes import Crew


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


def run_session(options: RunOptions, db: str, observer: Observer, crew: "Crew | None" = None) -> Iterator[Record]:
    """Evaluate, store each record as soon as it is measured, and yield it. For errors see `pwc_bench.evaluate`.

    In a job of several processes the first one calls this; the others call `assist_session`.
    """
    from pwc_bench.exchange import load_knowledge
    from pwc_bench.store import open_store

    # The options are checked before torch is imported and the database is touched: a mistyped name is told at once,
    # and leaves no empty file behind.
    with prepare(options) as request, open_store(db) as store:
        from pwc_bench.evaluation import evaluate

        store.sync_knowledge(load_knowledge())
        for record in evaluate(at_folder(request, store.folder), observer, crew):
            store.add(record)
            yield record


def run_unstored(options: RunOptions, folder: Path, observer: Observer, crew: "Crew | None" = None) -> Iterator[Record]:
    """Evaluate and yield the records; predictions go below `folder`, which is made where it is missing."""
    with prepare(options) as request:
        from pwc_bench.evaluation import evaluate

        folder.mkdir(parents=True, exist_ok=True)
        yield from evaluate(at_folder(request, folder), observer, crew)
