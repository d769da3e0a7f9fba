"""`pwc-bench accept`: let one changed value pass."""

from pathlib import Path

import click

from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import db_option
from pwc_bench.cli.text import say


@click.command(
    "accept",
    cls=DocumentedCommand,
    examples=(
        'pwc-bench accept convit-s gflops --reason "the class token joins two blocks earlier"',
        'pwc-bench accept convit-s parameters --reason "new head" --by "Ada Lovelace" --candidate campaign:nightly',
    ),
    exit_codes={
        0: "the value is accepted",
        2: "there is nothing to accept, or the file cannot be written",
        3: "there is no baseline that the value could differ from",
    },
)
@click.argument("variant")
@click.argument("metric")
@click.option("--reason", metavar="TEXT", required=True, help="Why the new value is right.")
@click.option("--by", metavar="NAME", help="Who accepts it.  [default: git's user.name and user.email]")
@click.option("--candidate", metavar="C", help="Where the new value is, as for check. Default: the newest campaign.")
@click.option("--baseline", metavar="B", help="What it differs from, as for check. Default: the records in results/.")
@click.option("--dataset", metavar="KEY", help="The data set, for a metric that depends on one.")
@click.option("--accepted", metavar="FILE", help="The file to write to.  [default: results/accepted.jsonl]")
@db_option
def command(
    *,
    variant: str,
    metric: str,
    reason: str,
    by: str | None,
    dataset: str | None,
    db: str,
    candidate: str | None,
    baseline: str | None,
    accepted: str | None,
) -> None:
    """Accept the candidate's changed value of a metric that is compared for equality.

    A line of results/accepted.jsonl says who accepted what, when and why; commit it with the change. It holds for
    this very value only: the next change fails again.
    """
    from pwc_bench.api.accepting import accept_value, who
    from pwc_bench.api.check_settings import check_settings
    from pwc_bench.cli.check_report import value_change

    if not reason.strip() or (by is not None and not by.strip()):
        raise click.UsageError("--reason and --by need some words.")
    sides = {"baseline": baseline, "candidate": candidate, "accepted": accepted}
    settings = check_settings(sides, {}, Path())
    done = accept_value(
        variant, metric, reason=reason.strip(), by=by or who(), dataset=dataset, settings=settings, db=db
    )
    acceptance = done.acceptance
    place = "" if acceptance.dataset is None else f" on {acceptance.dataset}"
    change = value_change(done.before, acceptance)
    say(f"{acceptance.variant} {metric}{place}: {change}, accepted in {done.path}")
