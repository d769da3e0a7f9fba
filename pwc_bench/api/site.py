"""Reading and publishing, put together; no torch is imported for it."""

from collections.abc import Sequence
from pathlib import Path

from pwc_bench.api.places import archive_of, load_catalogue, published_records, sqlite_path
from pwc_bench.core.errors import StoreError
from pwc_bench.core.joined_archive import JoinedArchive
from pwc_bench.core.observer import Observer
from pwc_bench.core.record import Record
from pwc_bench.site.build import SiteReport, publish
from pwc_bench.store import open_existing_store


def publish_database(
    db: str, site: Path, *, base_url: str | None, observer: Observer, published: Sequence[Path] | None = None
) -> SiteReport:
    """Render what a database holds beside the published records, with today's knowledge of publications.

    `published` are files of records, or folders of them; by default those beside the database. A record that several
    hold is shown once. Without a database the published records are rendered alone. Raises StoreError, where there is
    neither, RecordFormatError and PublishError.

    The knowledge that ships with the package is stored first, so that a database made before a claim was added shows
    it too. A database that cannot be written is shown as it is, with a warning.
    """
    from pwc_bench.exchange import load_knowledge

    records = published_records(db, published, observer)
    path = sqlite_path(db)
    if records and path is not None and not path.exists():
        return publish_records(records, site, base_url=base_url, observer=observer)
    with open_existing_store(db) as store:
        try:
            store.sync_knowledge(load_knowledge())
        except StoreError as error:
            observer.warning(f"the claims shown are those of the last run: {error}")
        archive = store.archive(load_catalogue())
        joined = JoinedArchive(archive, records) if records else archive
        return publish(joined, site, base_url=base_url, observer=observer)


def publish_records(records: tuple[Record, ...], site: Path, *, base_url: str | None, observer: Observer) -> SiteReport:
    """Render `records` beside the knowledge that ships with the package. Raises PublishError."""
    return publish(archive_of(records), site, base_url=base_url, observer=observer)
