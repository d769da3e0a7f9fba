"""`pwc-bench import`: files of others into the database."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import UserPath, db_option
from pwc_bench.cli.text import plural, say
from pwc_bench.core.text_forms import one_line

if TYPE_CHECKING:
    from pwc_bench.api.importing import ImportedClaims, ImportedRecords
    from pwc_bench.core.observer import Observer
    from pwc_bench.exchange.formats import Format
    from pwc_bench.store import Store


@click.command(
    "import",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench import results/",
        "pwc-bench import their-campaign.jsonl",
        "pwc-bench import evaluation-tables.json.gz",
    ),
    exit_codes={
        0: "done; what was refused is counted, with the reason",
        2: "a file cannot be read or is none of these, a record was changed, a newer file lacks many claims of the "
        "earlier one, or the database cannot be written",
    },
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=UserPath())
@click.option(
    "--format",
    "form",
    metavar="NAME",
    default="auto",
    show_default=True,
    help="records, submission, pwc (evaluation tables of the PWC Archive), or what another package offers; auto: told "
    "by the name and the beginning.",
)
@click.option(
    "--allow-removal",
    is_flag=True,
    help="Let a newer file of evaluation tables remove more than a tenth of the claims that an earlier one brought.",
)
@db_option
def command(paths: tuple[Path, ...], form: str, db: str, *, allow_removal: bool) -> None:
    """Read records, submissions or evaluation tables of the PWC Archive (also .gz) into the database.

    Of a folder every *.jsonl is read. Records are verified by their ids, and those that are known already are counted;
    their predictions come with them from the folder beside the file. Tables become claims, never measurements: each
    number with the digits and the unit that are printed, or refused with the reason. A newer file of one name replaces
    the earlier one; if it lacks many of its claims it is refused, for it may be cut off.
    """
    from pwc_bench.api.importing import MOST_REMOVED
    from pwc_bench.cli.console import observing
    from pwc_bench.cli.submit import store_for_writing
    from pwc_bench.exchange import format_called, is_readable, recognised_format
    from pwc_bench.exchange.formats import files_of

    files = [file for path in paths for file in files_of(path)]
    named = None if form == "auto" else format_called(form, is_readable, "read")
    planned = [(file, named or recognised_format(file)) for file in files]
    with store_for_writing(db) as store:
        for file, kind in planned:
            with observing() as observer:
                lines = _read(file, kind, store, observer, 1.0 if allow_removal else MOST_REMOVED)
            say("\n".join(lines))


def _read(file: Path, form: "Format", store: "Store", observer: "Observer", most_removed: float) -> list[str]:
    from pwc_bench.api.importing import import_claims, import_records, submit
    from pwc_bench.cli.submit import REFUSED, review_lines

    if form.records is not None:
        return list(record_lines(file, import_records(file, store, observer, read=form.records)))
    if form.claims is not None:
        found = import_claims(file, store, observer, form, most_removed=most_removed)
        return list(claim_lines(file, found, form.attribution))
    done = submit(file, store)
    became = REFUSED if done.review.is_refused else f"kept as {done.origin!r}"
    return [f"{file}: {became}", *review_lines(done.review)]


def record_lines(file: Path, found: "ImportedRecords") -> Iterator[str]:
    """Yield how many records are new, and what became of their predictions."""
    from pwc_bench.exchange.records import Copied

    kinds = {
        Copied.COPIED: "copied",
        Copied.PRESENT: "there already",
        Copied.ABSENT: "not beside the records",
        Copied.REFUSED: "refused: not the bytes that the record names",
    }
    yield f"{file}: {plural(found.new, 'new record')}, {found.known:,} known already"
    if found.predictions:
        parts = (f"{found.predictions[kind]:,} {text}" for kind, text in kinds.items() if found.predictions[kind])
        yield f"  predictions: {', '.join(parts)}"


def claim_lines(file: Path, found: "ImportedClaims", attribution: str) -> Iterator[str]:
    """Yield how many claims were read and what was refused, by reason, with an example of each."""
    tally, claims = found.tally, found.claims
    tables = f"{plural(tally.tasks, 'task')}, {plural(tally.tables, 'table')}"
    yield f"{file}: {plural(tally.claims, 'claim')} of {tables}"
    changes = {"new": claims.new, "changed": claims.changed, "unchanged": claims.same, "another's": claims.kept}
    changes["removed"] = claims.removed
    yield f"  {', '.join(f'{count:,} {kind}' for kind, count in changes.items() if count) or 'nothing'}"
    for reason, count in tally.refused.most_common():
        yield f"  {count:,} refused, {reason}: for example {one_line(tally.examples[reason])}"
    if tally.measured:
        yield f"  {plural(tally.measured, 'measured value')} passed over: measurements come as records (jsonl)"
    yield f"  kept as {found.origin!r}{attribution and f': {attribution}'}"
