"""The store: records that are only ever added, and what publications claim."""

import re
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import delete, select

from pwc_bench.core.archive import Archive, Campaign, Catalogue
from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import RecordFormatError, StoreError
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.core.record import Record
from pwc_bench.core.record_json import record_from_json
from pwc_bench.store import reads
from pwc_bench.store.address import folder_error, parse_address
from pwc_bench.store.archive import StoreArchive
from pwc_bench.store.database import BUSY_SECONDS, Database
from pwc_bench.store.knowledge_sync import SyncedClaims, sync
from pwc_bench.store.rows import measurement_rows, record_row
from pwc_bench.store.schema import bring_up_to_date, require_schema, require_writing
from pwc_bench.store.tables import CampaignRow, RecordRow


class Store:
    """An open database. Use it as a context manager. Every method raises StoreError, one line, where it cannot be done.

    Several processes may use one database at once, each with a Store of its own.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    @property
    def url(self) -> str:
        """Return the SQLAlchemy URL that opens this database from any folder, with its password if there is one."""
        return self._database.address.url.render_as_string(hide_password=False)

    @property
    def folder(self) -> Path:
        """Return the folder in which predictions lie: that of the database's file, else results/ in this folder."""
        path = self._database.address.path
        return Path("results").absolute() if path is None else path.parent

    def add(self, record: Record) -> bool:
        """Keep `record` for good, whole or not at all; return whether it is new. Adding it again changes nothing."""
        row, measurements = record_row(record), measurement_rows(record)
        with self._database.writing() as session:
            if session.get(RecordRow, record.id) is not None:
                return False
            if session.get(CampaignRow, record.campaign) is None:
                session.add(CampaignRow(name=record.campaign, note=record.provenance.note))
                session.flush()
            session.add(row)
            session.flush()
            session.add_all(measurements)
        return True

    def sync_knowledge(self, knowledge: Knowledge, *, origin: str = "package") -> SyncedClaims:
        """Make what `origin` says equal to `knowledge`; what another origin brought stays as it is.

        `origin` is "package" for the files that the package ships, and another name for each submission.
        """
        return self.sync_parts([knowledge], origin=origin)

    def sync_parts(self, parts: Iterable[Knowledge], *, origin: str, most_removed: float = 1.0) -> SyncedClaims:
        """Make what `origin` says equal to all of `parts` together, in one transaction; one part is held at a time.

        Raises KnowledgeError, and changes nothing, if more than the share `most_removed` of its claims would go.
        """
        with self._database.writing() as session:
            return sync(session, parts, origin, most_removed)

    def held_claims(self, claims: Iterable[Claim]) -> dict[tuple[str, ...], tuple[Claim, str]]:
        """Return, by identity, those of `claims` that are known already: as they are known, and who brought them."""
        return reads.held_claims(self._database, claims)

    def archive(self, catalogue: Catalogue) -> Archive:
        """Return the read model that pages get. It can be pickled as far as `catalogue` can."""
        return StoreArchive(catalogue, self._database, self.folder)

    def find_record(self, id_prefix: str) -> Record:
        """Return the one record whose id begins with `id_prefix` (hexadecimal digits)."""
        prefix = id_prefix.strip().lower()
        if not re.fullmatch("[0-9a-f]{1,64}", prefix):
            raise StoreError(f"{id_prefix!r} is no record's id: give its first hexadecimal digits")
        begins = (RecordRow.id >= prefix, RecordRow.id < prefix + "g")
        with self._database.reading() as session:
            found = session.execute(select(RecordRow.id, RecordRow.document).where(*begins).limit(2)).all()
        if not found:
            raise StoreError(f"no record's id begins with {prefix!r}: `pwc-bench list records` names them all")
        if len(found) > 1:
            raise StoreError(f"the ids of several records begin with {prefix!r}: give more of its digits")
        try:
            return record_from_json(found[0].document)
        except RecordFormatError as error:
            raise StoreError(f"record {found[0].id[:12]} of the database cannot be shown: {error}") from None

    def campaigns(self) -> tuple[Campaign, ...]:
        """Return the campaigns, newest first."""
        return reads.campaigns(self._database)

    def delete_campaign(self, name: str) -> int:
        """Delete a campaign with all its records; return how many these were. Predictions files stay where they are."""
        with self._database.writing() as session:
            ids = session.scalars(select(RecordRow.id).where(RecordRow.campaign == name)).all()
            campaign = session.get(CampaignRow, name)
            if campaign is None:
                raise StoreError(f"there is no campaign {name!r}: `pwc-bench list campaigns` names them all")
            session.execute(delete(RecordRow).where(RecordRow.campaign == name))
            session.delete(campaign)
        return len(ids)

    def prediction_paths(self) -> set[str]:
        """Return the predictions files that some record refers to, relative to `folder`; others may be deleted."""
        query = select(RecordRow.predictions_path).where(RecordRow.predictions_path.is_not(None)).distinct()
        with self._database.reading() as session:
            return {path for path in session.scalars(query) if path is not None}


def open_store(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Store:
    """Open the database at `url`, a file's path or an SQLAlchemy URL, for reading and writing; make it where missing.

    The folder of an SQLite file is made too. `busy_seconds` is how long to wait for another program's write to end.
    Raises StoreError where the database cannot be opened and written.
    """
    database = Database(parse_address(url), busy_seconds)
    path = database.address.path
    if path is not None:
        _refuse_folder(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise folder_error(database.address, error) from None
    try:
        database.use_write_ahead_log()
        bring_up_to_date(database)
        require_writing(database)  # a run of hours must not end with finding that it cannot write
    except BaseException:
        database.close()
        raise
    return Store(database)


def open_existing_store(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Store:
    """Open a database that something was stored in; nothing is written unless its tables are of an older version.

    Raises StoreError where there is none, or where it cannot be opened.
    """
    database = Database(parse_address(url), busy_seconds)
    path = database.address.path
    if path is not None:
        _refuse_folder(path)
        if not path.exists():
            raise StoreError(f"no database at {path}: run `pwc-bench run` first")
    try:
        require_schema(database)
    except BaseException:
        database.close()
        raise
    return Store(database)


def _refuse_folder(path: Path) -> None:
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise StoreError(f"the database {path} cannot be looked at: {error.strerror}") from None
    if is_folder:
        raise StoreError(f"{path} is a folder: give a file in it, such as {path / 'pwc-bench.db'}")
