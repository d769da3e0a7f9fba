"""The report of a check: rendered, written, coloured for a terminal."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from pwc_bench.api.check_settings import DEFAULT, CheckSettings, threshold_values
from pwc_bench.api.checking import Check
from pwc_bench.cli.text import opened_output, plural, wrapped
from pwc_bench.core.acceptance import Acceptance, ExactValue
from pwc_bench.core.metric import Kind
from pwc_bench.core.verdict import Outcome, Verdict, exit_code
from pwc_bench.datasets import load_datasets
from pwc_bench.regression.explain import Diagnosis, diagnose
from pwc_bench.regression.reports import ReportContext, render
from pwc_bench.regression.reports.advice import absent_variants, advice
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


_TESTS = {
    Kind.EXACT: "equal, or accepted",
    Kind.PAIRED: "image by image",
    Kind.SAMPLED: "round against round",
    Kind.DESCRIPTIVE: "shown only",
}
_NOT_COMPARED = (Outcome.INCOMPARABLE, Outcome.MISSING)


def settings_lines(settings: CheckSettings) -> Iterator[str]:
    """Yield each setting, its value and where it was said."""
    values: dict[str, str] = {
        "baseline": settings.baseline or "the records in results/",
        "candidate": settings.candidate or "the newest campaign in the database",
        "metrics": ", ".join(settings.metrics) or "all",
        "models": ", ".join(settings.models) or "all of the baseline",
        "accepted": settings.accepted or "results/accepted.jsonl",
        "format": settings.format,
    }
    if settings.equivalent is not None:
        values["equivalent"] = f"within {settings.equivalent:g} points"
    values |= {key: f"{number:g}" for key, number in threshold_values(settings.policy).items()}
    widths = max(map(len, values)), max(map(len, values.values()))
    for key, text in values.items():
        yield f"{key:<{widths[0]}}  {text:<{widths[1]}}  {settings.origins[key]}"


def plan_lines(check: Check) -> Iterator[str]:
    """Yield what would be compared, how, and what cannot be and why."""
    yield f"baseline   {check.baseline.name}"
    yield f"candidate  {check.candidate.name}"
    compared = [verdict for verdict in check.verdicts if verdict.outcome not in _NOT_COMPARED]
    for dataset in dict.fromkeys(verdict.dataset for verdict in compared):
        yield ""
        yield "the architecture" if dataset is None else f"on {dataset}"
        for variant in dict.fromkeys(verdict.variant for verdict in compared if verdict.dataset == dataset):
            yield from _variant_lines([v for v in compared if (v.dataset, v.variant) == (dataset, variant)])
    refused = [verdict for verdict in check.verdicts if verdict.outcome in _NOT_COMPARED]
    if refused:
        yield ""
        yield "not compared"
    yield from _refused_lines(refused, absent_variants(check.verdicts))
    yield ""
    yield f"{plural(len(compared), 'value')} would be compared, {len(refused):,} cannot be; nothing was judged"
    yield from (wrapped(f"note: {note}", indent="  ") for note in advice(check.verdicts))


def _refused_lines(refused: Sequence[Verdict], absent: Sequence[str]) -> Iterator[str]:
    """Yield what cannot be compared, once for each reason; variants that the candidate lacks come without metrics."""
    groups: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in refused:
        about = None if verdict.variant in absent else (verdict.variant, verdict.dataset)
        groups.setdefault((about, verdict.outcome, verdict.reason), []).append(verdict)
    for alike in groups.values():
        first = alike[0]
        is_absent = first.variant in absent
        names = ", ".join(dict.fromkeys(v.variant if is_absent else v.metric.key for v in alike))
        whose = "" if is_absent else f"{first.variant}: "
        yield wrapped(f"{whose}{names}: {first.outcome}: {first.reason}", first="  ", indent="    ")


def _variant_lines(verdicts: list[Verdict]) -> Iterator[str]:
    by_test: dict[str, dict[str, None]] = {}
    for verdict in verdicts:
        test = _TESTS[verdict.metric.kind] if verdict.is_gated else _TESTS[Kind.DESCRIPTIVE]
        by_test.setdefault(test, {})[verdict.metric.key] = None
    for number, (test, metrics) in enumerate(by_test.items()):
        head = verdicts[0].variant if number == 0 else ""
        yield wrapped(f"{test}: {', '.join(metrics)}", first=f"  {head:<16} ", indent=" " * 21)


def value_change(before: ExactValue, accepted: Acceptance) -> str:
    """Return what was accepted beside what it was: "5.757 -> 5.4", the beginnings of two hashes, "5.757, in doubt"."""
    if before.value != accepted.value:
        return f"{before.value!r} -> {accepted.value!r}"
    if before.text == accepted.text:
        return f"{accepted.value!r}, in doubt"
    return f"{_begin(before.text)} -> {_begin(accepted.text)}"


def _begin(text: str | None) -> str:
    return "none" if text is None else text[:12] if len(text) == 64 else text
