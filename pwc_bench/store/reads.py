"""Queries. A long result is read in chunks, each in a short transaction, so that no reader holds up a writer."""

import warnings
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from pwc_bench.core.archive import Campaign
from pwc_bench.core.claim import Claim
from pwc_bench.core.errors import RecordFormatError, RecordWarning
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.core.metric import Scope
from pwc_bench.core.record import Record
from pwc_bench.core.record_json import record_from_json
from pwc_bench.store.database import Database
from pwc_bench.store.rows import claim_id, claim_of, dataset_of, method_of, paper_of, task_of
from pwc_bench.store.tables import CampaignRow, ClaimRow, DatasetRow, MethodRow, PaperRow, RecordRow, TaskRow

CHUNK_ROWS = 500
Column = InstrumentedAttribute[Any]


def records(
    database: Database,
    *,
    variant: str | None = None,
    dataset: str | None = None,
    scope: Scope | None = None,
    campaign: str | None = None,
) -> Iterator[Record]:
    """Stream the records that match all given values, newest first.

    One that breaks the schema, stored by a version that looked less closely, is named by a RecordWarning and left out.
    """
    wanted = ((RecordRow.variant, variant), (RecordRow.dataset, dataset), (RecordRow.campaign, campaign))
    query = _matching(_select(RecordRow.id, RecordRow.started, RecordRow.document), wanted)
    if scope is not None:
        query = query.where(RecordRow.dataset.is_(None) if scope is Scope.MODEL else RecordRow.dataset.is_not(None))
    for row in _descending(database, query, RecordRow.started, RecordRow.id):
        try:
            yield record_from_json(row.document)
        except RecordFormatError as error:
            warnings.warn(f"record {row.id[:12]} of the database is left out: {error}", RecordWarning, stacklevel=2)


def claims(
    database: Database,
    *,
    paper: str | None = None,
    variant: str | None = None,
    dataset: str | None = None,
    metric: str | None = None,
) -> Iterator[Claim]:
    """Stream the claims that match all given values: source by source, each in its own order."""
    wanted = (
        (ClaimRow.paper, paper),
        (ClaimRow.variant, variant),
        (ClaimRow.dataset, dataset),
        (ClaimRow.metric, metric),
    )
    query = _matching(_select(*ClaimRow.__table__.columns), wanted)
    return map(claim_of, _ascending(database, query, ClaimRow.paper, ClaimRow.position, ClaimRow.id))


def held_claims(database: Database, claims: Iterable[Claim]) -> dict[tuple[str, ...], tuple[Claim, str]]:
    """Return, by identity, those of `claims` that are stored: as they are, and their origin."""
    found: dict[tuple[str, ...], tuple[Claim, str]] = {}
    keys = iter([claim_id(claim) for claim in claims])
    while chunk := list(islice(keys, CHUNK_ROWS)):
        with database.reading() as session:
            for row in session.scalars(select(ClaimRow).where(ClaimRow.id.in_(chunk))):
                claim = claim_of(row)
                found[claim.identity] = (claim, row.origin)
    return found


def papers(database: Database) -> Iterator[Paper]:
    """Stream the papers, newest first."""
    return map(paper_of, _descending(database, _select(*PaperRow.__table__.columns), PaperRow.date, PaperRow.slug))


def tasks(database: Database) -> Iterator[Task]:
    """Stream the tasks by title."""
    return map(task_of, _ascending(database, _select(*TaskRow.__table__.columns), TaskRow.title, TaskRow.slug))


def datasets(database: Database) -> Iterator[DatasetCard]:
    """Stream the data sets' cards by title."""
    return map(
        dataset_of, _ascending(database, _select(*DatasetRow.__table__.columns), DatasetRow.title, DatasetRow.key)
    )


def methods(database: Database) -> Iterator[Method]:
    """Stream the methods by title."""
    return map(method_of, _ascending(database, _select(*MethodRow.__table__.columns), MethodRow.title, MethodRow.slug))


def campaigns(database: Database) -> tuple[Campaign, ...]:
    """Return the campaigns that hold records, newest first."""
    started = func.min(RecordRow.started)
    query = (
        select(CampaignRow.name, started, func.count(), CampaignRow.note)
        .join(RecordRow, RecordRow.campaign == CampaignRow.name)
        .group_by(CampaignRow.name, CampaignRow.note)
        .order_by(started.desc(), CampaignRow.name.desc())
    )
    with database.reading() as session:
        return tuple(Campaign(name, first, count, note) for name, first, count, note in session.execute(query))


def dataset_keys(database: Database) -> frozenset[str]:
    """Return the keys of the data sets that claims and records are of."""
    with database.reading() as session:
        measured = session.scalars(select(RecordRow.dataset).where(RecordRow.dataset.is_not(None)).distinct()).all()
        return frozenset((*measured, *session.scalars(select(ClaimRow.dataset).distinct())))


def variant_keys(database: Database) -> frozenset[str]:
    """Return the keys of the variants that claims and records are of."""
    with database.reading() as session:
        claimed = session.scalars(select(ClaimRow.variant).where(ClaimRow.variant.is_not(None)).distinct()).all()
        return frozenset((*claimed, *session.scalars(select(RecordRow.variant).distinct())))


def _select(*columns: Any) -> Select[Any]:  # noqa: ANN401  attributes of classes, or columns of their tables
    """Select columns: rows are tuples with names, for which SQLAlchemy keeps no books; a third less time."""
    return select(*columns)


def _matching(query: Select[Any], wanted: tuple[tuple[Column, str | None], ...]) -> Select[Any]:
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    return query


def _ascending(database: Database, query: Select[Any], *key: Column) -> Iterator[Any]:
    """Stream rows in the order of `key`, columns that together are unique."""
    ordered = query.order_by(*key).limit(CHUNK_ROWS)
    rows = _chunk(database, ordered)
    yield from rows
    while len(rows) == CHUNK_ROWS:
        rows = _chunk(database, ordered.where(tuple_(*key) > _values(rows[-1], key)))
        yield from rows


def _descending(database: Database, query: Select[Any], *key: Column) -> Iterator[Any]:
    """Stream rows against the order of `key`, columns that together are unique."""
    ordered = query.order_by(*(column.desc() for column in key)).limit(CHUNK_ROWS)
    rows = _chunk(database, ordered)
    yield from rows
    while len(rows) == CHUNK_ROWS:
        rows = _chunk(database, ordered.where(tuple_(*key) < _values(rows[-1], key)))
        yield from rows


def _values(row: object, key: tuple[Column, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, column.key) for column in key)


def _chunk(database: Database, query: Select[Any]) -> list[Any]:
    with database.reading() as session:
        return list(session.execute(query))
