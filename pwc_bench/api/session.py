"""The use cases put together: evaluate and store, read and publish."""

from collections.abc import Iterator
from pathlib import Path

from pwc_bench.api.catalogue import load_catalogue
from pwc_bench.api.options import RunOptions
from pwc_bench.api.prepare import at_folder, prepare
from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record
from pwc_bench.publishing import SiteReport, publish
from pwc_bench.store import open_existing_store, open_store

__all__ = ["publish_database", "publish_records", "run_session", "run_unstored"]


def run_session(options: RunOptions, db: str, observer: Observer) -> Iterator[Record]:
    """Evaluate, store each record as soon as it is measured, and yield it. For errors see `pwc_bench.evaluate`."""
    from pwc_bench.evaluation import evaluate
    from pwc_bench.exchange import load_knowledge

    # The options are checked before the database is touched: a mistyped name leaves no empty file behind.
    with prepare(options) as request, open_store(db) as store:
        store.sync_knowledge(load_knowledge())
        for record in evaluate(at_folder(request, store.folder), observer):
            store.add(record)
            yield record


def run_unstored(options: RunOptions, folder: Path, observer: Observer) -> Iterator[Record]:
    """Evaluate and yield the records; predictions go below `folder`, which is made where it is missing."""
    from pwc_bench.evaluation import evaluate

    with prepare(options) as request:
        folder.mkdir(parents=True, exist_ok=True)
        yield from evaluate(at_folder(request, folder), observer)


def publish_database(db: str, site: Path, *, base_url: str | None, observer: Observer) -> SiteReport:
    """Render what a database holds. Raises StoreError and PublishError."""
    with open_existing_store(db) as store:
        return publish(store.archive(load_catalogue()), site, base_url=base_url, observer=observer)


def publish_records(records: tuple[Record, ...], site: Path, *, base_url: str | None, observer: Observer) -> SiteReport:
    """Render `records` beside the knowledge that ships with the package. Raises PublishError."""
    from pwc_bench.exchange import load_knowledge

    known = load_knowledge()
    archive = MemoryArchive(
        catalogue=load_catalogue(),
        all_records=records,
        all_papers=known.papers,
        all_tasks=known.tasks,
        all_datasets=known.datasets,
        all_methods=known.methods,
        all_claims=known.claims,
    )
    return publish(archive, site, base_url=base_url, observer=observer)
