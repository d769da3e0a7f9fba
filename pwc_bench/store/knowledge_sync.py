"""Knowledge into the database: what an origin says now replaces what it said before, and nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm import Session

from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.store.rows import claim_row, dataset_row, method_row, paper_row, task_row
from pwc_bench.store.tables import ClaimRow, DatasetRow, MethodRow, PaperRow, TaskRow

_KEYS_PER_QUERY = 500
Row = TypeVar("Row", PaperRow, TaskRow, DatasetRow, MethodRow, ClaimRow)


@dataclass(slots=True)
class SyncedClaims:
    """What became of an origin's claims."""

    new: int = 0
    changed: int = 0
    """Said before by the same origin, and differently."""
    same: int = 0
    kept: int = 0
    """Said before by another origin, which keeps them."""
    removed: int = 0
    """Said before by this origin, and no more."""


def sync(session: Session, parts: Iterable[Knowledge], origin: str, most_removed: float = 1.0) -> SyncedClaims:
    """Make the entries of `origin` equal to all of `parts` together, which are read one by one.

    Raises KnowledgeError, and the caller undoes everything, if more than the share `most_removed` of the claims that
    `origin` brought before would go: the file may be cut off.

    An entry that another origin brought stays as it is, even where a part describes the same thing: who came
    first keeps it, so that a submission cannot rewrite what the package says, nor an upgrade what somebody submitted.
    """
    said: dict[type[Any], set[str]] = {table: set() for table in (PaperRow, TaskRow, DatasetRow, MethodRow, ClaimRow)}
    counts, position = SyncedClaims(), 0
    before = session.scalar(select(func.count()).select_from(ClaimRow).where(ClaimRow.origin == origin)) or 0
    for part in parts:
        _sync_rows(session, PaperRow, [paper_row(paper, origin) for paper in part.papers], said[PaperRow])
        _sync_rows(session, TaskRow, [task_row(task, origin) for task in part.tasks], said[TaskRow])
        _sync_rows(session, DatasetRow, [dataset_row(card, origin) for card in part.datasets], said[DatasetRow])
        _sync_rows(session, MethodRow, [method_row(method, origin) for method in part.methods], said[MethodRow])
        claims = [claim_row(claim, origin, place) for place, claim in enumerate(part.claims, start=position)]
        _sync_rows(session, ClaimRow, claims, said[ClaimRow], counts)
        position += len(claims)
        session.expunge_all()  # a whole archive does not fit into memory
    for table, names in said.items():
        removed = _forget(session, table, origin, names)
        counts.removed = removed if table is ClaimRow else counts.removed
    if counts.removed > most_removed * before:
        raise KnowledgeError(
            f"{counts.removed:,} of the {before:,} claims that {origin!r} has brought would be removed, since the file "
            "lacks them: give the whole file, or --allow-removal if they shall go"
        )
    return counts


def _sync_rows(
    session: Session, table: type[Row], rows: list[Row], names: set[str], counts: SyncedClaims | None = None
) -> None:
    """Write what is new or differs. Of two rows of one key the first counts, also where an earlier part had it."""
    mapper = inspect(table)
    key = mapper.get_property_by_column(mapper.primary_key[0]).class_attribute
    said: dict[str, Row] = {}
    for row in rows:
        name = getattr(row, key.key)
        if name not in names:
            said.setdefault(name, row)
    names.update(said)
    tally = SyncedClaims() if counts is None else counts
    for keys in _chunks(list(said)):
        present = {getattr(row, key.key): row for row in session.scalars(select(table).where(key.in_(keys)))}
        for name in keys:
            _write(session, said[name], present.get(name), tally)
    session.flush()


def _write(session: Session, said: Row, present: Row | None, tally: SyncedClaims) -> None:
    if present is None:
        session.add(said)
        tally.new += 1
        return
    if present.origin != said.origin:
        tally.kept += 1
        return
    attributes = [attribute.key for attribute in inspect(type(said)).column_attrs]
    differs = any(getattr(present, name) != getattr(said, name) for name in attributes if name != "position")
    tally.changed += differs
    tally.same += not differs
    for name in attributes:  # SQLAlchemy writes only those that differ
        setattr(present, name, getattr(said, name))


def _forget(session: Session, table: type[Any], origin: str, said: set[str]) -> int:
    """Delete what `origin` said before and says no more; return how many entries these were."""
    mapper = inspect(table)
    key = mapper.get_property_by_column(mapper.primary_key[0]).class_attribute
    former = session.scalars(select(key).where(table.origin == origin))
    gone = [name for name in former if name not in said]
    for keys in _chunks(gone):
        session.execute(delete(table).where(key.in_(keys)))
    return len(gone)


def _chunks(keys: Sequence[Any]) -> Iterator[list[Any]]:
    remaining = iter(keys)
    while chunk := list(islice(remaining, _KEYS_PER_QUERY)):
        yield chunk
