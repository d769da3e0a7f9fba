"""`pwc-bench list`: what there is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import db_option, json_option
from pwc_bench.cli.text import ABSENT
from pwc_bench.core.measurement import Json

if TYPE_CHECKING:
    from pwc_bench.core.archive import Archive, Catalogue

_KINDS = ("variants", "datasets", "metrics", "records", "campaigns")
_COUNTED = frozenset({"classes", "images", "records", "metrics"})


@click.command(
    "list",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench list variants",
        "pwc-bench list records --json",
    ),
    exit_codes={
        0: "done",
        2: "there is no such database",
    },
)
@click.argument("kind", type=click.Choice(_KINDS))
@db_option
@json_option("Write a JSON array.")
def command(kind: str, db: str, as_json: bool) -> None:  # noqa: FBT001  (click passes it by name)
    """List variants, datasets, metrics, records or campaigns.

    The first three are what this installation can measure; the others are read from the database, newest first.
    """
    from pwc_bench.api.places import load_catalogue
    from pwc_bench.cli.tables import print_table
    from pwc_bench.cli.text import json_text

    if kind in DECLARED:
        rows = list(declared_rows(kind, load_catalogue()))
    else:
        with opened_archive(db) as archive:
            rows = list(stored_rows(kind, archive))
    if as_json:
        click.echo(json_text(rows))
    elif not rows:
        click.echo(f"The database holds no {kind} yet: `pwc-bench run` makes some.")
    else:
        columns = list(rows[0])
        print_table(columns, [[cell_text(c, row[c]) for c in columns] for row in rows], right=_COUNTED)


Row = Mapping[str, Json]
"""One line: a value by column, None where there is none. The same for people and as JSON."""

DECLARED = ("variants", "datasets", "metrics")
"""What the installation declares; the other kinds are in the database."""


@contextmanager
def opened_archive(db: str) -> "Iterator[Archive]":
    """Open the database for reading. Raises StoreError where there is none."""
    from pwc_bench.api.places import load_catalogue
    from pwc_bench.store import open_existing_store

    with open_existing_store(db) as store:
        yield store.archive(load_catalogue())


def declared_rows(kind: str, catalogue: "Catalogue") -> Iterator[Row]:
    """Yield the rows of a kind that the installation declares."""
    if kind == "variants":
        yield from _variants(catalogue)
    elif kind == "datasets":
        yield from _datasets(catalogue)
    else:
        yield from _metrics(catalogue)


def stored_rows(kind: str, archive: "Archive") -> Iterator[Row]:
    """Yield the rows of a kind that the database holds, newest first."""
    return _records(archive) if kind == "records" else _campaigns(archive)


def _variants(catalogue: "Catalogue") -> Iterator[Row]:
    for variant in catalogue.variants.values():
        yield {
            "key": variant.key,
            "title": variant.title,
            "family": variant.family,
            "recipe": variant.recipe.key,
            "weights": variant.checkpoints[0].uri if variant.checkpoints else None,
        }


def _datasets(catalogue: "Catalogue") -> Iterator[Row]:
    for dataset in catalogue.datasets.values():
        yield {
            "key": dataset.key,
            "title": dataset.title,
            "classes": len(dataset.classes),
            "images": dataset.expected_images,
            "licence": dataset.licence,
        }


def _metrics(catalogue: "Catalogue") -> Iterator[Row]:
    for metric in catalogue.metrics.values():
        yield {
            "key": metric.key,
            "title": metric.title,
            "unit": metric.unit or None,
            "better": str(metric.better),
            "kind": str(metric.kind),
            "scope": str(metric.scope),
        }


def _records(archive: "Archive") -> Iterator[Row]:
    for record in archive.records():
        yield {
            "id": record.id,
            "variant": record.variant,
            "dataset": record.dataset,
            "status": str(record.status),
            "started": record.started,
            "campaign": record.campaign,
            "device": record.environment.device,
            "metrics": sorted(record.measurements),
        }


def _campaigns(archive: "Archive") -> Iterator[Row]:
    for campaign in archive.campaigns():
        yield {
            "name": campaign.name,
            "started": campaign.started,
            "records": campaign.records,
            "note": campaign.note,
        }


def cell_text(column: str, value: Json) -> str:
    """Write one value for people."""
    if value is None:
        return ABSENT
    if column == "id":
        return str(value)[:12]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return str(len(value))
    return str(value)
