"""The report for a terminal: 80 columns, worst first, quiet about what stayed the same."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pwc_bench.core.text_forms import one_line
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.reports.advice import absent_variants, standing_for
from pwc_bench.regression.reports.columns import WIDTH, filled, padded, wide, wrapped
from pwc_bench.regression.reports.explanation_text import explanation_lines
from pwc_bench.regression.reports.wording import (
    ABSENT,
    ReportContext,
    meaning,
    of_implementation,
    shown,
    sorted_verdicts,
    standing,
    subject,
    summary,
    tags,
)

_FEW = 6
"""So many unchanged values are still listed one by one."""
_HEADINGS = ("OUTCOME", "VARIANT", "METRIC", "BASELINE", "CANDIDATE", "CHANGE")
_LEAST_NAME = 8
"""No column of names gets narrower than this; numbers are never cut."""
_NUMERIC = 3
"""The first of the columns that are aligned to the right."""
_NAMED_WHEN_FOLDED = 8
"""More metrics than this are not named."""


class Role(StrEnum):
    """What a line is, for those who colour it."""

    PLAIN = "plain"
    HEADING = "heading"
    BAD = "bad"
    GOOD = "good"
    WARNING = "warning"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end."""

    text: str
    role: Role = Role.PLAIN


def render(verdicts: Sequence[Verdict], context: ReportContext) -> str:
    """Return the whole report, with a line end."""
    return "\n".join(line.text for line in lines(verdicts, context)) + "\n"


def lines(verdicts: Sequence[Verdict], context: ReportContext) -> Iterator[Line]:
    """Yield the report line by line."""
    for name, side in (("baseline   ", context.baseline), ("candidate  ", context.candidate)):
        yield from (Line(text, Role.QUIET) for text in wrapped(side, indent=name, further=" " * len(name)))
    ordered = sorted_verdicts(verdicts)
    listed, folded = _fold(ordered)
    absent = absent_variants(verdicts)
    if listed:
        yield Line("")
        yield from _table(listed, absent)
    if folded:
        yield Line("")
    for sentence in _folded_sentences(folded):
        yield from (Line(text, Role.QUIET) for text in wrapped(sentence, further="  "))
    for alike in _grouped(listed, absent):
        yield from _details(alike)
    for explanation in context.explanations:
        yield Line("")
        yield from (Line(text) for text in explanation_lines(explanation))
    yield Line("")
    for note in context.notes:
        yield from (Line(text, Role.WARNING) for text in wrapped(f"note: {note}", further="  "))
    role = Role.GOOD if context.exit_code == 0 else Role.BAD
    closing = f"{summary(verdicts)}. Exit code {context.exit_code}: {meaning(context.exit_code)}."
    yield from (Line(text, role) for text in wrapped(closing, further="  "))


def _fold(ordered: Sequence[Verdict]) -> tuple[list[Verdict], list[Verdict]]:
    """Part the verdicts into those that are listed and those that are only counted."""
    dull = [verdict for verdict in ordered if not _is_news(verdict)]
    if len(dull) <= _FEW:
        return list(ordered), []
    return [verdict for verdict in ordered if _is_news(verdict)], dull


def _is_news(verdict: Verdict) -> bool:
    changed = verdict.is_gated and (verdict.outcome is not Outcome.SAME or verdict.is_accepted)
    return changed or bool(verdict.warnings)


def _folded_sentences(folded: Sequence[Verdict]) -> Iterator[str]:
    for is_gated, what in ((True, "the same"), (False, "never gated, and stand in the other formats")):
        some = [verdict for verdict in folded if verdict.is_gated is is_gated]
        if some:
            metrics = tuple(dict.fromkeys(verdict.metric.key for verdict in some))
            more = ", ..." if len(metrics) > _NAMED_WHEN_FOLDED else ""
            named = ", ".join(metrics[:_NAMED_WHEN_FOLDED]) + more
            variants = len({verdict.variant for verdict in some})
            whose = f"of {some[0].variant}" if variants == 1 else f"of {variants:,} variants"
            yield f"not listed above, {len(some):,} {'value' if len(some) == 1 else 'values'} {whose}: {what} ({named})"


def _table(listed: Sequence[Verdict], absent: Collection[str]) -> Iterator[Line]:
    several = len({verdict.dataset for verdict in listed} - {None}) > 1
    standing = list(standing_for(listed, absent))
    rows = [_row(verdict, count, several) for verdict, count in standing]
    natural = [max(wide(row[i]) for row in (_HEADINGS, *rows)) for i in range(len(_HEADINGS))]
    limits = [_LEAST_NAME if heading in {"VARIANT", "METRIC"} else natural[i] for i, heading in enumerate(_HEADINGS)]
    widths = filled(natural, limits, WIDTH - 2 * (len(_HEADINGS) - 1))
    yield Line(_joined(_HEADINGS, widths), Role.HEADING)
    for (verdict, _), row in zip(standing, rows, strict=True):
        yield Line(_joined(row, widths), _role(verdict))
    if any(not verdict.is_gated for verdict in listed):
        yield Line("(outcome in brackets: shown, never gated)", Role.QUIET)
    if any(verdict.is_accepted for verdict in listed):
        yield Line("* accepted", Role.QUIET)


def _row(verdict: Verdict, metrics: int, names_dataset: bool) -> tuple[str, ...]:  # noqa: FBT001
    if metrics > 1:
        return str(verdict.outcome), one_line(verdict.variant), f"{metrics:,} metrics", ABSENT, ABSENT, ABSENT
    numbers = shown(verdict)
    outcome = standing(verdict) + ("*" if verdict.is_accepted else "")
    unit = "" if numbers.unit in {"", verdict.metric.key} else f", {numbers.unit}"
    place = f" on {verdict.dataset}" if names_dataset and verdict.dataset is not None else ""
    cells = (
        outcome if verdict.is_gated else f"({outcome})",
        of_implementation(verdict.variant, verdict),
        f"{verdict.metric.key}{unit}{place}",
        numbers.baseline,
        numbers.candidate,
        numbers.change,
    )
    return tuple(one_line(cell) for cell in cells)


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    columns = zip(cells, widths, strict=True)
    return "  ".join(padded(cell, width, right=i >= _NUMERIC) for i, (cell, width) in enumerate(columns)).rstrip()


def _grouped(listed: Sequence[Verdict], absent: Collection[str]) -> Iterator[list[Verdict]]:
    """Put together what has one reason: metrics of a variant, and variants that the candidate lacks altogether."""
    groups: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in filter(_is_news, listed):
        about = None if verdict.variant in absent else (verdict.variant, verdict.implementation, verdict.dataset)
        key = verdict.outcome, tags(verdict), about, verdict.reason, verdict.warnings
        groups.setdefault(key, []).append(verdict)
    yield from groups.values()


def _details(alike: Sequence[Verdict]) -> Iterator[Line]:
    """Say why, and what else is to be known, of verdicts that have it in common."""
    verdict = alike[0]
    yield Line("")
    head = f"{verdict.outcome}{''.join(f' ({tag})' for tag in tags(verdict))}  "
    yield from (Line(text, _role(verdict)) for text in wrapped(_subjects(alike), indent=head, further="  "))
    yield from (Line(text) for text in wrapped(verdict.reason, indent="  "))
    for warning in verdict.warnings:
        yield from (Line(text, Role.WARNING) for text in wrapped(f"! {warning}", indent="  ", further="    "))


def _subjects(alike: Sequence[Verdict]) -> str:
    titles = dict.fromkeys(verdict.title for verdict in alike)
    if len(titles) > 1:
        return ", ".join(titles)
    return subject(alike[0], ", ".join(dict.fromkeys(verdict.metric.title for verdict in alike)))


def _role(verdict: Verdict) -> Role:
    if not verdict.is_gated:
        return Role.QUIET
    if not verdict.outcome.passes:
        return Role.BAD
    return Role.GOOD if verdict.outcome in (Outcome.IMPROVED, Outcome.EQUIVALENT) else Role.PLAIN
