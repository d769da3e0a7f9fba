"""`pwc-bench submit`: published numbers into the database."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pwc_bench.api.places import sqlite_path
from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import UserPath, db_option
from pwc_bench.cli.text import plural, say
from pwc_bench.core.claim import Claim
from pwc_bench.core.text_forms import one_line

if TYPE_CHECKING:
    from pwc_bench.api.importing import Submitted
    from pwc_bench.exchange.submission import Review
    from pwc_bench.store import Store


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


_MOST = 10
"""So many claims of a kind are named; the others are counted."""


REFUSED = (
    "none of the claims is taken, for others say them already and keep what they say: "
    "a claim of your own names your own source"
)
"""Why nothing came of a submission."""


def kept_line(done: "Submitted") -> str:
    """Say under which name a submission is kept, and what it does not hold (any more)."""
    removed = f"; {done.claims.removed:,} that it said before and no more: removed" if done.claims.removed else ""
    left = f", without the {plural(len(done.review.kept), 'claim')} not taken" if done.review.kept else ""
    return f"Kept as {done.origin!r}{left}{removed}. `pwc-bench build` renders the site."


def review_lines(review: "Review") -> Iterator[str]:
    """Yield the tally, then what a person should look at: changes, contradictions, notes."""
    counts = {"new": review.new, "changed": review.changed, "unchanged": review.same, "not taken": review.kept}
    parts = [f"{len(claims):,} {kind}" for kind, claims in counts.items() if claims]
    total = sum(len(claims) for claims in counts.values())
    yield f"{plural(total, 'claim')}: {', '.join(parts)}." if parts else "The file holds no claims."
    described = [plural(count, what) for what, count in review.described.items() if count]
    if described:
        yield f"The file describes {', '.join(described)}."
    yield from _listed("new", [_claim_text(claim) for claim in review.new])
    yield from _listed("changed", [f"{_claim_text(now)}, before {before.value}" for now, before in review.changed])
    yield from _listed(
        "not taken",
        [f"{_claim_text(claim)}: {by} says {known.value}, and keeps it" for claim, known, by in review.kept],
    )
    yield from _listed(
        "contradicts",
        [
            f"{_claim_text(claim)}: {other.paper}, {other.source} prints {other.value} {other.unit}".rstrip()
            for claim, other in review.contradictions
        ],
    )
    yield from _listed("note", review.notes)


def _listed(kind: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines[:_MOST]:
        yield f"  {kind}: {one_line(line)}"
    if len(lines) > _MOST:
        yield f"  {kind}: and {len(lines) - _MOST:,} more"


def _claim_text(claim: Claim) -> str:
    value = f"{claim.value} {claim.unit}".strip()
    conditions = f" ({claim.conditions})" if claim.conditions else ""
    return f"{claim.model}, {claim.metric} on {claim.dataset}: {value}{conditions}, {claim.source}"


@contextmanager
def store_for_writing(db: str) -> "Iterator[Store]":
    """Open the database, made where it is missing, with the package's knowledge of today. Raises StoreError."""
    from pwc_bench.exchange import load_knowledge
    from pwc_bench.store import open_store

    with open_store(db) as store:
        store.sync_knowledge(load_knowledge())
        yield store


@contextmanager
def store_for_reading(db: str) -> "Iterator[Store]":
    """Open the database as it is; where there is none, one that is gone afterwards. Raises StoreError."""
    from pwc_bench.store import open_existing_store

    file = sqlite_path(db)
    if file is None or file.exists():
        with open_existing_store(db) as store:
            yield store
        return
    with tempfile.TemporaryDirectory() as folder, store_for_writing(str(Path(folder, "knowledge.db"))) as store:
        yield store
