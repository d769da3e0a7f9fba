"""`pwc-bench list`: what there is."""

import click

from pwc_bench.cli.documented import DocumentedCommand
from pwc_bench.cli.options import db_option, json_option

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
    from pwc_bench.api.catalogue import load_catalogue
    from pwc_bench.cli.jsonable import json_text
    from pwc_bench.cli.listing import DECLARED, cell_text, declared_rows, opened_archive, stored_rows
    from pwc_bench.cli.tables import print_table

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
