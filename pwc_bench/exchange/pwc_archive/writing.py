"""Claims and measurements as evaluation tables of the archive's form, written board by board."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import DatasetCard, Paper, Task
from pwc_bench.core.record import Record
from pwc_bench.exchange.pwc_archive.names import METRICS
from pwc_bench.exchange.pwc_archive.values import FIELD, own_values

_TITLES = {key: name for name, key in METRICS.items()}
_Row = dict[str, Any]


def write_pwc(archive: Archive, records: Iterable[Record], stream: TextIO) -> None:
    """Write what `archive` claims and what `records` measured as one JSON array of tasks.

    Claims keep their printed digits. A board's measurements stand in a table of their own, "TITLE (measured by
    pwc-bench)", which is marked; records without a data set (cost and speed) are not of any board and stay out.
    """
    boards = _boards(archive)
    measured = _measured(archive, records)
    tasks = {task.slug: task for task in archive.tasks()}
    cards = {card.key: card for card in archive.datasets()}
    papers = {paper.slug: paper for paper in archive.papers()}
    stream.write("[")
    for place, slug in enumerate(dict.fromkeys([*boards, *measured])):
        task = tasks.get(slug, Task(slug, slug, ""))
        tables = [
            _table(archive, slug, key, cards.get(key), papers) for key in boards.get(slug, ())
        ]  # one task at a time is in memory
        tables += [
            _measured_table(archive, key, cards.get(key), found) for key, found in measured.get(slug, {}).items()
        ]
        entry = {
            "task": task.title,
            "description": task.description,
            "categories": [],
            "synonyms": [],
            "source_link": None,
            "subtasks": [],
            "datasets": tables,
        }
        stream.write(",\n" if place else "\n")
        stream.write(json.dumps(entry, ensure_ascii=False, indent=1))
    stream.write("\n]\n")


def _boards(archive: Archive) -> Mapping[str, Iterable[str]]:
    """Return the data sets of each task of which something is claimed, in the order in which they are met."""
    found: dict[str, dict[str, None]] = {}
    for claim in archive.claims():
        found.setdefault(claim.task, {}).setdefault(claim.dataset)
    return found


def _measured(archive: Archive, records: Iterable[Record]) -> Mapping[str, Mapping[str, list[Record]]]:
    """Sort the records that hold anything by task and data set."""
    found: dict[str, dict[str, list[Record]]] = {}
    for record in records:
        dataset = archive.catalogue.datasets.get(record.dataset or "")
        if dataset is not None and record.measurements:
            found.setdefault(dataset.task, {}).setdefault(dataset.key, []).append(record)
    return found


def _table(
    archive: Archive, task: str, key: str, card: DatasetCard | None, papers: Mapping[str, Paper]
) -> dict[str, Any]:
    rows: dict[tuple[Any, ...], _Row] = {}
    for claim in archive.claims(dataset=key):
        if claim.task == task:
            _add(rows, claim, papers.get(claim.paper))
    title = key if card is None else card.title
    return _dataset(title, card, list(rows.values())) | {FIELD: {"key": key, "measured": False}}


def _add(rows: dict[tuple[Any, ...], _Row], claim: Claim, paper: Paper | None) -> None:
    """Put a claim into the row of its model and source."""
    own = own_values(claim)
    name = _TITLES.get(claim.metric, claim.metric)
    row = rows.setdefault(
        (claim.model, claim.uses_additional_data, *own.values()),
        {
            "model_name": claim.model,
            "paper_title": "" if paper is None else paper.title,
            "paper_url": (None if paper is None else paper.url) or claim.source_url or "",
            "paper_date": None if paper is None else paper.date,
            "code_links": [] if paper is None else [{"title": "", "url": code.url} for code in paper.repositories],
            "model_links": [],
            "metrics": {},
            "uses_additional_data": claim.uses_additional_data,
            FIELD: own | {"metrics": {}, "units": {}},
        },
    )
    row["metrics"][name] = claim.value + ("%" if claim.unit == "%" else "")
    row[FIELD]["metrics"][name] = claim.metric
    row[FIELD]["units"][name] = claim.unit


def _measured_table(archive: Archive, key: str, card: DatasetCard | None, records: list[Record]) -> dict[str, Any]:
    title = card.title if card is not None else archive.catalogue.datasets[key].title
    rows = [_measured_row(archive, record) for record in records]
    return _dataset(f"{title} (measured by pwc-bench)", None, rows) | {FIELD: {"key": key, "measured": True}}


def _measured_row(archive: Archive, record: Record) -> _Row:
    variant = archive.catalogue.variants.get(record.variant)
    return {
        "model_name": record.title or (record.variant if variant is None else variant.title),
        "paper_title": "",
        "paper_url": "",
        "paper_date": None,
        "code_links": [],
        "model_links": [],
        "metrics": {_title(archive, key): measured.value for key, measured in record.measurements.items()},
        "uses_additional_data": None,
        FIELD: {
            "record": record.id,
            "variant": record.variant,
            "status": str(record.status),
            "weights": str(record.provenance.weights.status),
            "started": record.started,
        },
    }


def _title(archive: Archive, key: str) -> str:
    metric = archive.catalogue.metrics.get(key)
    return _TITLES.get(key, key if metric is None else metric.title)


def _dataset(title: str, card: DatasetCard | None, rows: list[_Row]) -> dict[str, Any]:
    links = [{"title": title, "url": card.homepage}] if card is not None and card.homepage else []
    return {
        "dataset": title,
        "description": "" if card is None else card.description,
        "dataset_links": links,
        "dataset_citations": [],
        "subdatasets": [],
        "sota": {"metrics": list(_metric_names(rows)), "rows": rows},
    }


def _metric_names(rows: Iterable[_Row]) -> Iterator[str]:
    yield from dict.fromkeys(name for row in rows for name in row["metrics"])
