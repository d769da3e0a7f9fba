"""`pwc-bench export`: records and claims as a file."""

from pathlib import Path

import click

from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import UserPath, campaign_option, db_option
from pwc_bench.cli.text import opened_output
from pwc_bench.core.errors import UsageError


@click.command(
    "export",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench export --format csv --output records.csv",
        "pwc-bench export --format jsonl --campaign 2026-01-31 > published.jsonl",
        "pwc-bench export --format pwc --output evaluation-tables.json",
        "pwc-bench export --format model-index --output model-index.yml",
    ),
    exit_codes={
        0: "done",
        2: "there is no such database or campaign, or the file cannot be written",
    },
)
@click.option(
    "--format",
    "form",
    metavar="NAME",
    required=True,
    help="jsonl: records, whole; csv: one line for each measurement; pwc: claims and measurements as evaluation tables "
    "of the PWC Archive's form, measurements in tables of their own; model-index: the block of a Hugging Face model "
    "card; or what another package offers.",
)
@click.option("--output", metavar="FILE", type=UserPath(dir_okay=False), help="Default: stdout.")
@campaign_option("Only the records of this campaign.")
@db_option
def command(form: str, output: Path | None, campaign: str | None, db: str) -> None:
    """Write records, newest first, or claims and records together.

    A file appears whole or not at all. `pwc-bench import` reads jsonl and pwc.
    """
    from pwc_bench.api.places import load_catalogue
    from pwc_bench.cli.console import observing
    from pwc_bench.exchange import format_called
    from pwc_bench.store import open_existing_store

    write = format_called(form, lambda each: each.write, "written").write
    with open_existing_store(db) as store:
        archive = store.archive(load_catalogue())
        if campaign is not None and campaign not in {found.name for found in archive.campaigns()}:
            raise UsageError(f"there is no campaign {campaign!r}; `pwc-bench list campaigns` names them")
        records = archive.records(campaign=campaign)
        with opened_output(output) as stream, observing() as observer:
            if output is not None:
                observer.stage(f"writing {output.name}")
            if write is not None:
                write(archive, records, stream)
