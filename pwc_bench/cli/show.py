"""`pwc-bench show`: one thing, whole."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from pwc_bench.claims.numbers import EN_DASH, signed_text
from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import db_option, json_option
from pwc_bench.cli.tables import print_table, readable
from pwc_bench.cli.text import ABSENT, plural, say, wrapped
from pwc_bench.core.metric import Metric


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
    from pwc_bench.cli.tables import readable
    from pwc_bench.cli.text import json_text

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

    lines = [*fact_lines(found), *comparison_lines(found, load_catalogue().metrics)]
    say("\n".join(lines))


def _print_paper(found: Mapping[str, Any]) -> None:
    from pwc_bench.api.places import load_catalogue

    print_paper(found, load_catalogue().metrics)


_INDENT = " " * 12
CLAIM_COLUMNS = ("model", "metric", "claimed", "difference", "verdict")
_PRINTED = "*"
"""Stands behind a value that rounds to the claim's digits."""


def claim_lines(claim: Mapping[str, Any], metric: Metric) -> Iterator[str]:
    """Yield a claim, its source, its difference and its verdict; then its measurement under each convention."""
    conditions = f" ({claim['conditions']})" if claim["conditions"] else ""
    said = f"{claim['value']} {claim['unit']}".strip()
    yield wrapped(f"{said}, {claim['paper']}, {claim['source']}{conditions}", first="  claimed   ", indent=_INDENT)
    difference = difference_text(claim, metric)
    verdict = f"{difference}: {claim['reason']}" if difference else claim["reason"]
    yield wrapped(verdict, first=_INDENT, indent=_INDENT)
    if len(claim["conventions"]) > 1:
        values = (_under_convention(reading, metric) for reading in claim["conventions"])
        note = f" ({_PRINTED} prints the claim)" if any(r["prints"] for r in claim["conventions"]) else ""
        yield wrapped(f"{', '.join(values)}{note}", first=_INDENT, indent=_INDENT)


def difference_text(claim: Mapping[str, Any], metric: Metric) -> str:
    """Return measurement minus claim with its sign, in the display unit and as a share; "" where there is none."""
    if claim["difference"] is None:
        return ""
    text = signed_text(claim["difference"], metric.display.decimals)
    percent = claim["difference_percent"]
    return text if percent is None else f"{text} ({signed_text(percent, 1)} %)"


def claim_rows(claims: Sequence[Mapping[str, Any]], metrics: Mapping[str, Metric]) -> Iterator[tuple[str, ...]]:
    """Yield a row of `CLAIM_COLUMNS` for each claim about a variant of ours."""
    for claim in claims:
        metric = metrics.get(claim["metric"])
        if claim["variant"] is None or metric is None:
            continue
        difference = difference_text(claim, metric)
        ratio = claim["ratio"]
        if ratio is not None:
            difference = f"{ratio['measured']:.3f}, not {ratio['claimed']:.3f}"
        yield (
            claim["model"],
            metric.key,
            f"{claim['value']} {claim['unit']}".strip(),
            difference or ABSENT,
            _verdict(claim),
        )


def convention_rows(table: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each claim of a convention table, and a last one that counts what each convention prints."""
    for claim in table["claims"]:
        marks = (_PRINTED if printed else " " for printed in claim["prints"])
        yield claim["model"], claim["claimed"], *map(" ".join, zip(claim["values"], marks, strict=True))
    yield "claims printed", "", *(f"{tally}  " for tally in table["printed"])


def _under_convention(reading: Mapping[str, Any], metric: Metric) -> str:
    mark = f" {_PRINTED}" if reading["prints"] else ""
    return f"{reading['key'].replace('-', ' ')} {metric.display.text(reading['value'])}{mark}"


def _verdict(claim: Mapping[str, Any]) -> str:
    if claim["convention"] is not None:
        return f"reproduced {claim['convention'].replace('-', ' ')}"
    if claim["ratio"] is not None:
        return f"{claim['verdict']}, ratio to {claim['ratio']['reference']}"
    return f"{claim['verdict']}, own weights" if claim["own_weights"] else str(claim["verdict"])


"""Where the text of a line begins, behind "  measured  "."""


def fact_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a variant is, without its metrics."""
    return readable({name: item for name, item in found.items() if name not in ("kind", "metrics")})


def comparison_lines(found: Mapping[str, Any], metrics: Mapping[str, Metric]) -> Iterator[str]:
    """Yield a block for each metric on each data set: what was measured, then each claim with its verdict."""
    for compared in found["metrics"]:
        metric = metrics[compared["metric"]]
        for dataset in _datasets(compared):
            yield ""
            yield metric.title if dataset is None else f"{metric.title} on {dataset}"
            measured = [m for m in compared["measured"] if m["dataset"] == dataset]
            for own in measured:
                yield wrapped(_measured(own, metric), first="  measured  ", indent=_INDENT)
            for claim in compared["claims"]:
                if dataset is None or claim["dataset"] == dataset:
                    yield from claim_lines(claim, metric)


def _datasets(compared: Mapping[str, Any]) -> Iterable[str | None]:
    """Return the data sets of one metric in order; None alone for what depends on the model only."""
    if any(measured["dataset"] is None for measured in compared["measured"]):
        return (None,)
    return dict.fromkeys(item["dataset"] for item in (*compared["measured"], *compared["claims"]))


def _measured(own: Mapping[str, Any], metric: Metric) -> str:
    parts = [f"{metric.display.text(own['value'])} {metric.display.unit}"]
    if own["interval"] is not None:
        low, high = (metric.display.text(end) for end in own["interval"])
        parts.append(f"({low}{EN_DASH}{high})")
    marks = [own["status"]] if own["status"] != "complete" else []
    marks += {"probe": ["demo"], "local": ["own weights"]}.get(own["weights"] if own["dataset"] else "", [])
    parts += [f"({', '.join(marks)})"] if marks else []
    return f"{' '.join(parts)}, {own['setting']}, record {own['record'][:12]}"


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
