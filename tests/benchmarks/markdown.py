"""What a run found, in plain words and as Markdown tables: the page docs/benchmark.md."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from statistics import median

from tests.benchmarks.comparison import Comparison
from tests.benchmarks.report import Report, number

__all__ = ["write_markdown"]

_SECTIONS = {
    "decode": "Decoding and preprocessing, on one core",
    "loading": "Loading: files to batches",
    "forward": "One forward: our fused form against timm's model",
    "bf16": "bf16 against fp32, both ours",
    "whole": "A whole evaluation: files and weights in, predictions out",
    "scaling": "Two processes against one",
    "memory": "Host memory",
    "site": "The site: pages built beside Pelican's, and a browser that shows them beside the limits",
}


def write_markdown(report: Report, path: Path) -> None:
    """Write the page; `path` is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_page(report)) + "\n", encoding="utf-8")


def _page(report: Report) -> Iterator[str]:
    machine = report.environment
    yield "# The benchmark"
    yield ""
    yield (
        "pwc-bench against timm's own loader and models, put together as its validation script does, on the same "
        "files with the same seeded random weights, in one run, turn by turn. *Ratio* says how many times as good "
        "ours is (the quotient of the medians), with a 95 % bootstrap interval over the rounds."
    )
    yield ""
    gpu = "" if machine.device_type == "cpu" else f" in a machine with {machine.cpu}"
    memory = f"{(machine.memory_mib or 0) / 1024:.0f} GiB of memory"
    yield f"- Machine: {machine.device}{gpu}, {machine.cpu_count} CPUs, {memory}; {machine.threads} threads for torch"
    yield f"- Software: Python {machine.python}, torch {machine.torch}, timm {machine.timm}, Pillow {machine.pillow}"
    yield f"- Files: {report.files}"
    yield f"- Begun {report.started}, took {report.seconds / 60:.0f} minutes; every round: `results/{report.name}.json`"
    for section, found in groupby(report.comparisons, lambda comparison: comparison.section):
        yield ""
        yield f"## {_SECTIONS.get(section, section.capitalize())}"
        yield ""
        yield "| what | ours | other side | ratio | 95 % |"
        yield "|---|--:|--:|--:|---|"
        yield from map(_row, found)
    if report.left_out:
        yield ""
        yield "## Left out"
        yield ""
        yield from (f"- {left.section}: {left.reason}" for left in report.left_out)


def _row(found: Comparison) -> str:
    interval = "" if found.interval is None else f"{found.interval[0]:.2f} to {found.interval[1]:.2f}"
    against = "" if found.against == "timm" or found.against in found.what else f" (to {found.against})"
    note = "" if found.note is None else f"; {found.note}"
    ours, theirs = (f"{number(median(side))} {found.unit}" for side in (found.ours, found.theirs))
    return f"| {found.what}{against}{note} | {ours} | {theirs} | **{found.ratio:.2f}** | {interval} |"
