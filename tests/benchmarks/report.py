"""What a run found, as a table of 80 columns and as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Environment
from tests.benchmarks.comparison import Comparison, LeftOut

__all__ = ["WIDTH", "Report", "number", "print_report", "write_report"]

WIDTH = 80


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a run found."""

    name: str
    started: str
    environment: Environment
    files: str
    """What the files are."""
    comparisons: Sequence[Comparison]
    left_out: Sequence[LeftOut]
    seconds: float


def print_report(report: Report, console: Console) -> None:
    """Print the table, and below it what does not fit into a cell."""
    environment = report.environment
    table = Table(
        title=f"{environment.device}, torch {environment.torch}, timm {environment.timm}", title_justify="left"
    )
    table.add_column("what", ratio=1)
    for heading in ("ours", "theirs", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("95 %", no_wrap=True)
    section = None
    for found in report.comparisons:
        if found.section != section:
            table.add_section()
            section = found.section
        note = "" if found.note is None else f"\n[dim]{found.note}[/dim]"
        interval = "" if found.interval is None else f"{found.interval[0]:.2f}-{found.interval[1]:.2f}"
        against = "" if found.against == "timm" or found.against in found.what else f" ({found.against})"
        table.add_row(
            f"{found.what}{against}{note}",
            f"{number(median(found.ours))} {_unit(found.unit)}",
            number(median(found.theirs)),
            f"[bold]{found.ratio:.2f}[/bold]",
            interval,
        )
    console.print(table)
    for line in _lines(report):
        console.print(line, highlight=False)


def write_report(report: Report, path: Path) -> None:
    """Write everything as JSON, rounds included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document: dict[str, Json] = {
        "schema": 1,
        "name": report.name,
        "started": report.started,
        "seconds": report.seconds,
        "files": report.files,
        "environment": asdict(report.environment),
        "comparisons": [_as_json(found) for found in report.comparisons],
        "left_out": [asdict(left) for left in report.left_out],
    }
    path.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")


def _as_json(found: Comparison) -> dict[str, Json]:
    return {
        "section": found.section,
        "what": found.what,
        "unit": found.unit,
        "better": found.better.value,
        "against": found.against,
        "ours": list(found.ours),
        "theirs": list(found.theirs),
        "ratio": found.ratio,
        "interval": None if found.interval is None else list(found.interval),
        "facts": dict(found.facts),
        "note": found.note,
    }


def _lines(report: Report) -> Iterable[str]:
    yield f"Files: {report.files}."
    yield "Ratio: how many times as good ours is (quotient of medians), with a 95 % bootstrap interval over the rounds."
    tried = [found for found in report.comparisons if found.section == "bf16"]
    if tried:
        yield _word_on_bf16(tried)
    for left in report.left_out:
        yield f"Left out, {left.section}: {left.reason}."
    yield f"Took {report.seconds / 60:.1f} minutes."


def _word_on_bf16(tried: Sequence[Comparison]) -> str:
    """Say whether bf16 can be recommended on this machine."""
    slower = [found.what.partition(",")[0] for found in tried if found.ratio <= 1.0]
    beyond = [found.what.partition(",")[0] for found in tried if not found.facts["flips_stay_within"]]
    if not slower and not beyond:
        return "bf16 can be offered here: faster for each variant, all flips within the accuracy's own interval."
    reasons = [*([f"slower for {', '.join(slower)}"] if slower else [])]
    reasons += [f"flips beyond the accuracy's interval for {', '.join(beyond)}"] if beyond else []
    return f"bf16 is not offered for all: {'; '.join(reasons)}."


def number(value: float) -> str:
    """Return a measured value with three digits, or all of those before the point."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _unit(unit: str) -> str:
    return {"images/s": "img/s"}.get(unit, unit)
