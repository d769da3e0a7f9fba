"""The report of a check: rendered, written, coloured for a terminal."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from pwc_bench.api.check_settings import DEFAULT, CheckSettings, threshold_values
from pwc_bench.api.checking import Check
from pwc_bench.cli.output_file import opened_output
from pwc_bench.core.verdict import exit_code
from pwc_bench.datasets import load_datasets
from pwc_bench.regression.explain import Diagnosis, diagnose
from pwc_bench.regression.reports import ReportContext, render
from pwc_bench.regression.reports.advice import advice
from pwc_bench.regression.reports.text import Line, Role, lines

_STYLES = {
    Role.BAD: {"fg": "red"},
    Role.GOOD: {"fg": "green"},
    Role.WARNING: {"fg": "yellow"},
    Role.HEADING: {"bold": True},
    Role.QUIET: {"dim": True},
}


def report(check: Check, settings: CheckSettings, output: Path | None, *, explain: bool) -> None:
    """Write the report of `check` where `settings` and `output` say, with a diagnosis where one is asked for."""
    moved = _diagnosis(check) if explain else Diagnosis((), ())
    context = ReportContext(
        baseline=check.baseline.name,
        candidate=check.candidate.name,
        exit_code=exit_code(check.verdicts),
        policy=settings.policy,
        explanations=moved.explanations,
        notes=(*_notes(settings), *moved.notes, *advice(check.verdicts)),
    )
    text = render(settings.format, check.verdicts, context)
    if settings.format == "github":
        _append_step_summary(render("markdown", check.verdicts, context))
    if output is None and settings.format != "text":
        click.echo(text, nl=False)
        return
    if output is not None:
        with opened_output(output) as stream:
            stream.write(text)
    _print_coloured(list(lines(check.verdicts, context)))


def _diagnosis(check: Check) -> Diagnosis:
    return diagnose(check.verdicts, check.baseline, check.candidate, load_datasets())


def _notes(settings: CheckSettings) -> Iterator[str]:
    """Say what narrows the comparison, and which limits are not the usual ones."""
    if settings.equivalent is not None:
        yield ("the question was whether both are equally good on the same images; counts and speed were not compared")
    for key, value in (("metrics", settings.metrics), ("models", settings.models)):
        if value:
            several = len(value) > 1
            what = f"{key if several else key.removesuffix('s')} {', '.join(value)} {'were' if several else 'was'}"
            yield f"only the {what} compared ({settings.origins[key]})"
    for key, number in threshold_values(settings.policy).items():
        if settings.origins[key] != DEFAULT:
            yield f"{key} is {number:g} ({settings.origins[key]})"


def _print_coloured(text: Sequence[Line]) -> None:
    color = False if os.environ.get("NO_COLOR") else None
    for line in text:
        click.secho(line.text, **_STYLES.get(line.role, {}), color=color)  # type: ignore[arg-type]


def _append_step_summary(markdown: str) -> None:
    """Add the report to the job's summary, where this runs as a step of GitHub Actions."""
    named = os.environ.get("GITHUB_STEP_SUMMARY")
    if named:
        with Path(named).open("a", encoding="utf-8") as stream:
            stream.write(markdown)
