"""`pwc-bench export`: the records as a file."""

from pathlib import Path

import click

from pwc_bench.cli.documented import DocumentedCommand
from pwc_bench.cli.options import campaign_option, db_option
from pwc_bench.cli.output_file import opened_output
from pwc_bench.core.errors import UsageError

__all__ = ["command"]


@click.command(
    "export",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench export --format csv --output records.csv",
        "pwc-bench export --format jsonl --campaign 2026-01-31 > published.jsonl",
    ),
    exit_codes={
        0: "done",
        2: "there is no such database or campaign, or the file cannot be written",
    },
)
@click.option("--format", "form", type=click.Choice(("jsonl", "csv")), required=True, help="JSON Lines holds records "
              "whole; CSV has one line for each measurement.")  # fmt: skip
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Default: stdout.")
@campaign_option("Only the records of this campaign.")
@db_option
def command(form: str, output: Path | None, campaign: str | None, db: str) -> None:
    """Write the records as JSON Lines or CSV, newest first.

    A file appears whole or not at all.
    """
    from pwc_bench.api.catalogue import load_catalogue
    from pwc_bench.exchange import write_csv, write_jsonl
    from pwc_bench.store import open_existing_store

    write = {"jsonl": write_jsonl, "csv": write_csv}[form]
    with open_existing_store(db) as store:
        archive = store.archive(load_catalogue())
        if campaign is not None and campaign not in {found.name for found in archive.campaigns()}:
            raise UsageError(f"there is no campaign {campaign!r}; `pwc-bench list campaigns` names them")
        with opened_output(output) as stream:
            write(archive.records(campaign=campaign), stream)
