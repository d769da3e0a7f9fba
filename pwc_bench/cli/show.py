"""`pwc-bench show`: one thing, whole."""

from collections.abc import Mapping
from typing import Any

import click

from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import db_option, json_option
from pwc_bench.cli.text import say


@click.command(
    "show",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench show convit-s",
        "pwc-bench show ConViT-Ti+",
        "pwc-bench show convit-s --history --metric throughput",
        "pwc-bench show 3f9a2c --json",
        "pwc-bench show convit:convit-s:top1",
    ),
    exit_codes={
        0: "done",
        2: "there is no such thing, or the database cannot be read",
    },
)
@click.argument("key")
@click.option("--history", is_flag=True, help="Of a variant: each metric over campaigns, with the steps in it.")
@click.option("--metric", metavar="KEY", help="With --history: this metric only.")
@db_option
@json_option("Write a JSON object.")
def command(key: str, db: str, as_json: bool, history: bool, metric: str | None) -> None:  # noqa: FBT001  (click's)
    """Show one thing whole: a variant, data set, metric, record, campaign, claim or paper.

    KEY is a variant's key or title, a data set's or metric's key, the first digits of a record's id, a campaign's
    name, a paper's slug, or PAPER:MODEL:METRIC for a claim. Of a variant or paper it shows each claim, the measurement
    that answers it, the signed difference, and whether it is reproduced, under which convention, or why not. Shown is
    what `build` shows: the database and the published records beside it (*.jsonl).
    """
    from pwc_bench.cli.finding import find
    from pwc_bench.cli.output import json_text
    from pwc_bench.cli.tables import readable

    if history or metric is not None:
        _show_history(key, db, metric, history=history, as_json=as_json)
        return
    found = find(key, db)
    if as_json:
        click.echo(json_text(found))
    elif found["kind"] == "variant":
        _print_variant(found)
    elif found["kind"] == "paper":
        _print_paper(found)
    else:
        say("\n".join(readable(found)))


def _show_history(key: str, db: str, metric: str | None, *, history: bool, as_json: bool) -> None:
    from pwc_bench.cli.history import find_history, history_json, print_history

    if not history:
        raise click.UsageError("--metric goes with --history.")
    found = find_history(key, db, metric)
    if as_json:
        click.echo(history_json(found))
    else:
        print_history(found)


def _print_variant(found: Mapping[str, Any]) -> None:
    from pwc_bench.api.places import load_catalogue
    from pwc_bench.cli.show_text import comparison_lines, fact_lines

    lines = [*fact_lines(found), *comparison_lines(found, load_catalogue().metrics)]
    say("\n".join(lines))


def _print_paper(found: Mapping[str, Any]) -> None:
    from pwc_bench.api.places import load_catalogue
    from pwc_bench.cli.show_text import print_paper

    print_paper(found, load_catalogue().metrics)
