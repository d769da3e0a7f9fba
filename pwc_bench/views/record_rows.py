"""Records as rows of a list, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from pwc_bench.core.links import Link, record_path, relative
from pwc_bench.core.record import Record
from pwc_bench.views.cells import StatusBadge, record_badge
from pwc_bench.views.facts import moment_text
from pwc_bench.views.record_naming import Names

MOST_ROWS = 100
"""A page lists no more records than this; the others are counted, and stand in the exports."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record, as short as it can be said."""

    href: str
    name: str
    """The record's title: "ConViT-S on ImageNet-1k"."""
    setting: str
    """"fused implementation, fp32, batch 8"."""
    short_id: str
    variant: Link
    dataset: Link | None
    """None for a record of cost and speed."""
    campaign: str
    started: str
    device: str
    status: str
    badge: StatusBadge | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class RecordList:
    """The newest records of something."""

    rows: tuple[RecordRow, ...]
    more: str | None
    """How many older ones are not listed: "1,204"."""


def record_list(names: Names, records: Iterable[Record], path: str) -> RecordList:
    """List `records`, given newest first, on the page at `path`."""
    rows: list[RecordRow] = []
    more = 0
    for record in records:
        if len(rows) < MOST_ROWS:
            rows.append(_row(names, record, path))
        else:
            more += 1
    return RecordList(tuple(rows), f"{more:,}" if more else None)


def _row(names: Names, record: Record, path: str) -> RecordRow:
    dataset = record.dataset
    return RecordRow(
        href=relative(path, record_path(record.id)),
        name=names.record(record),
        setting=names.setting(record),
        short_id=record.id[:8],
        variant=Link(names.variant(record.variant, record), relative(path, names.model_path(record.variant))),
        dataset=None if dataset is None else Link(names.dataset(dataset), relative(path, names.dataset_path(dataset))),
        campaign=record.campaign,
        started=moment_text(record.started),
        device=record.environment.device,
        status=str(record.status),
        badge=record_badge(record),
        is_demo=names.is_demo(record),
    )
