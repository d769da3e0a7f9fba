"""Knowledge into the database: what an origin says now replaces what it said before, and nothing else."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from pwc_bench.core.knowledge import Knowledge
from pwc_bench.store.rows import claim_row, dataset_row, method_row, paper_row, task_row
from pwc_bench.store.tables import ClaimRow, DatasetRow, MethodRow, PaperRow, TaskRow

__all__ = ["sync"]

_KEYS_PER_QUERY = 500
Row = TypeVar("Row", PaperRow, TaskRow, DatasetRow, MethodRow, ClaimRow)


def sync(session: Session, knowledge: Knowledge, origin: str) -> None:
    """Make the entries of `origin` equal to `knowledge`.

    An entry that another origin brought stays as it is, even where `knowledge` describes the same thing: who came
    first keeps it, so that a submission cannot rewrite what the package says, nor an upgrade what somebody submitted.
    """
    _sync_table(session, PaperRow, [paper_row(paper, origin) for paper in knowledge.papers], origin)
    _sync_table(session, TaskRow, [task_row(task, origin) for task in knowledge.tasks], origin)
    _sync_table(session, DatasetRow, [dataset_row(card, origin) for card in knowledge.datasets], origin)
    _sync_table(session, MethodRow, [method_row(method, origin) for method in knowledge.methods], origin)
    claims = [claim_row(claim, origin, position) for position, claim in enumerate(knowledge.claims)]
    _sync_table(session, ClaimRow, claims, origin)


def _sync_table(session: Session, table: type[Row], rows: list[Row], origin: str) -> None:
    mapper = inspect(table)
    key = mapper.get_property_by_column(mapper.primary_key[0]).class_attribute
    said = {getattr(row, key.key): row for row in rows}
    for keys in _chunks(list(said)):
        present = {getattr(row, key.key): row for row in session.scalars(select(table).where(key.in_(keys)))}
        for name in keys:
            row = present.get(name)
            if row is None:
                session.add(said[name])
            elif row.origin == origin:
                for attribute in mapper.column_attrs:  # SQLAlchemy writes only those that differ
                    setattr(row, attribute.key, getattr(said[name], attribute.key))
    session.flush()
    former = session.scalars(select(key).where(table.origin == origin))
    for keys in _chunks([name for name in former if name not in said]):
        session.execute(delete(table).where(key.in_(keys)))


def _chunks(keys: Sequence[Any]) -> Iterator[list[Any]]:
    remaining = iter(keys)
    while chunk := list(islice(remaining, _KEYS_PER_QUERY)):
        yield chunk
