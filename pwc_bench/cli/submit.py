"""`pwc-bench submit`: published numbers into the database."""

from pathlib import Path

import click

from pwc_bench.cli.documented import DocumentedCommand
from pwc_bench.cli.options import UserPath, db_option
from pwc_bench.cli.text import say


@click.command(
    "submit",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench submit my-results.yaml --dry-run",
        'pwc-bench submit my-results.yaml --by "Ada Lovelace"',
    ),
    exit_codes={
        0: "done, or nothing but a look was wanted",
        2: "the file breaks the schema (said with line and field), none of its claims is taken because others say them "
        "already, or the database cannot be written",
    },
)
@click.argument("file", metavar="FILE", type=UserPath())
@click.option("--dry-run", is_flag=True, help="Check the file and say what it would change; write nothing.")
@click.option("--by", "submitter", metavar="NAME", help="Who brings it; kept beside the file's name.")
@db_option
def command(file: Path, dry_run: bool, submitter: str | None, db: str) -> None:  # noqa: FBT001  (click passes it by name)
    """Keep the claims of a YAML file in the database, under the file's name.

    The file is in the format in which the package's own knowledge is written; its JSON Schema is published with the
    site. What the package or another submission says is never changed: where two contradict each other, both stand,
    each with its source. The same file, given again, replaces what it said before.
    """
    from pwc_bench.api.importing import review_submission, submit
    from pwc_bench.cli.knowledge_store import store_for_reading, store_for_writing
    from pwc_bench.cli.submission_text import REFUSED, kept_line, review_lines
    from pwc_bench.core.errors import UsageError

    if dry_run:
        with store_for_reading(db) as store:
            found = review_submission(file, store, submitter)
        lines = [*review_lines(found), "Nothing was written (--dry-run)."]
    else:
        with store_for_writing(db) as store:
            done = submit(file, store, submitter)
        found = done.review
        lines = [*review_lines(found), *(() if found.is_refused else (kept_line(done),))]
    say("\n".join(lines))
    if found.is_refused:
        raise UsageError(f"{file}: {REFUSED}")
