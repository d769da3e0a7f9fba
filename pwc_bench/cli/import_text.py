"""What an import brought, for people."""

from collections.abc import Iterator
from pathlib import Path

from pwc_bench.api.importing import ImportedRecords, ImportedTables
from pwc_bench.cli.text import plural
from pwc_bench.core.text_forms import one_line
from pwc_bench.exchange.predictions_copy import Copied
from pwc_bench.exchange.pwc_archive import ATTRIBUTION

_PREDICTIONS = {
    Copied.COPIED: "copied",
    Copied.PRESENT: "there already",
    Copied.ABSENT: "not beside the records",
    Copied.REFUSED: "refused: not the bytes that the record names",
}


def record_lines(file: Path, found: ImportedRecords) -> Iterator[str]:
    """Yield how many records are new, and what became of their predictions."""
    yield f"{file}: {plural(found.new, 'new record')}, {found.known:,} known already"
    if found.predictions:
        parts = (
            f"{found.predictions[kind]:,} {text}" for kind, text in _PREDICTIONS.items() if found.predictions[kind]
        )
        yield f"  predictions: {', '.join(parts)}"


def table_lines(file: Path, found: ImportedTables) -> Iterator[str]:
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
    yield f"  kept as {found.origin!r}: {ATTRIBUTION}"
