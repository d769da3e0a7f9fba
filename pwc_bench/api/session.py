"""Evaluating and storing, put together."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.api.options import RunOptions
from pwc_bench.api.prepare import at_folder, prepare
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record

if TYPE_CHECKING:
    from pwc_bench.evaluation.processes import Crew


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
