"""A paper for people: what it is, what became of its claims, and which convention prints which of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pwc_bench.cli.claim_text import CLAIM_COLUMNS, claim_rows, convention_rows
from pwc_bench.cli.readable import readable
from pwc_bench.cli.tables import print_table
from pwc_bench.cli.text import plural, say, wrapped
from pwc_bench.core.metric import Metric

_HEADS = {
    "Without the attention products": "without attention",
    "Doubled (two for each multiply-add)": "doubled",
    "Without the classifier head": "without head",
    "With the classifier head": "with head",
}


def print_paper(found: Mapping[str, Any], metrics: Mapping[str, Metric]) -> None:
    """Print a paper within 80 columns."""
    apart = ("kind", "abstract", "related", "claims", "conventions", "tally")
    for line in readable({name: item for name, item in found.items() if name not in apart}):
        indent = line[: len(line) - len(line.lstrip())]
        say(wrapped(line, first=indent, indent=f"{indent}  "))
    say("\n" + wrapped(found["abstract"], indent=""))
    rows = list(claim_rows(found["claims"], metrics))
    if rows:
        say("\nClaims\n")
        print_table(CLAIM_COLUMNS, rows, right=frozenset({"claimed", "difference"}))
        say("\n" + wrapped(f"{found['tally']}.", indent=""))
    for line in _notes(found["claims"], metrics):
        say(line)
    for table in found["conventions"]:
        say("\n" + wrapped(f"{table['title']}: {table['summary']}", indent="") + "\n")
        heads = [_HEADS.get(head, head.lower()) for head in table["conventions"]]
        print_table(["model", "claimed", *heads], list(convention_rows(table)), right=frozenset({"claimed", *heads}))


def _notes(claims: list[Mapping[str, Any]], metrics: Mapping[str, Metric]) -> Iterator[str]:
    shown = [claim for claim in claims if claim["variant"] is not None and claim["metric"] in metrics]
    if any(claim["ratio"] is not None for claim in shown):
        yield ""
        yield wrapped(
            "Speeds that were claimed on another device stand as ratios to one variant of the same table: the measured "
            "ratio, not the claimed one. They are judged between devices of one kind only.",
            indent="",
        )
    apart = Counter(claim["source"] for claim in claims if claim not in shown)
    if apart:
        sources = ", ".join(f"{source}: {count}" for source, count in apart.items())
        yield ""
        yield wrapped(
            f"{plural(apart.total(), 'claim')} under other conditions, or of models that no family declares, stand "
            f"apart ({sources}); --json lists them.",
            indent="",
        )
