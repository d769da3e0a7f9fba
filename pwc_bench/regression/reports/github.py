"""The report as workflow commands of GitHub Actions, which become annotations.

Their escaping is that of the runner's toolkit: "%", line ends, and in properties also ":" and ",".
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from pwc_bench.core.text_forms import one_line
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.reports.advice import absent_variants, standing_for
from pwc_bench.regression.reports.columns import clipped
from pwc_bench.regression.reports.wording import (
    ABSENT,
    ReportContext,
    meaning,
    shown,
    sorted_verdicts,
    subject,
    summary,
    with_unit,
)

_MOST = 10
"""A step shows no more annotations of a kind than this, so that the last one counts the others."""
_LONGEST_TITLE, _LONGEST_MESSAGE = 120, 2_000
_ORDER = ("error", "warning", "notice")


class _Annotation(NamedTuple):
    kind: str
    title: str
    message: str


def render(verdicts: Sequence[Verdict], context: ReportContext) -> str:
    """Return one command a line: errors first, then warnings, then notices with the summary at their head."""
    found = [
        annotation
        for verdict, count in standing_for(sorted_verdicts(verdicts), absent_variants(verdicts))
        for annotation in _annotations(verdict, count)
    ]
    found += [_Annotation("notice", "pwc-bench check", note) for note in context.notes]
    closing = f"{summary(verdicts)}. Exit code {context.exit_code}: {meaning(context.exit_code)}."
    kind = "notice" if context.exit_code == 0 else "error"
    found.insert(0, _Annotation(kind, "pwc-bench check", f"{closing} {context.candidate} against {context.baseline}."))
    ordered = sorted(found, key=lambda annotation: _ORDER.index(annotation.kind))
    lines = (
        _command(annotation)
        for _, group in groupby(ordered, key=lambda annotation: annotation.kind)
        for annotation in _few(list(group))
    )
    return "\n".join(lines) + "\n"


def _annotations(verdict: Verdict, metrics: int) -> Iterator[_Annotation]:
    about = subject(verdict) if metrics == 1 else f"{verdict.title}: {metrics:,} metrics"
    title = f"{about} {verdict.outcome}"
    if verdict.is_gated and not verdict.outcome.passes:
        yield _Annotation("error", title, _message(verdict))
    elif verdict.is_gated and (verdict.outcome is Outcome.IMPROVED or verdict.is_accepted):
        yield _Annotation("notice", title + (" (accepted)" if verdict.is_accepted else ""), _message(verdict))
    for warning in verdict.warnings:
        yield _Annotation("warning", subject(verdict), warning)


def _message(verdict: Verdict) -> str:
    numbers = shown(verdict)
    if ABSENT in (numbers.baseline, numbers.candidate):
        return verdict.reason
    change = "" if numbers.change == ABSENT else f" ({numbers.change})"
    return f"{numbers.baseline} -> {with_unit(numbers.candidate, numbers.unit)}{change}\n{verdict.reason}"


def _few(annotations: Sequence[_Annotation]) -> Iterator[_Annotation]:
    if len(annotations) <= _MOST:
        yield from annotations
        return
    yield from annotations[: _MOST - 1]
    rest = annotations[_MOST - 1 :]
    titles = "\n".join(annotation.title for annotation in rest)
    yield _Annotation(rest[0].kind, f"{len(rest):,} more", titles)


def _command(annotation: _Annotation) -> str:
    title = _data(clipped(one_line(annotation.title), _LONGEST_TITLE)).replace(":", "%3A").replace(",", "%2C")
    message = "\n".join(one_line(line) for line in annotation.message.splitlines())
    return f"::{annotation.kind} title={title}::{_data(clipped(message, _LONGEST_MESSAGE))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
