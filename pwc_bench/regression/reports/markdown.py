"""The report as a comment on a pull request: what changed in a table, all the rest folded."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields

from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.reports.absent import absent_variants, standing_for
from pwc_bench.regression.reports.context import ReportContext
from pwc_bench.regression.reports.explanation_markdown import explanation_block
from pwc_bench.regression.reports.markdown_text import code, escaped
from pwc_bench.regression.reports.numbers import ABSENT, Shown, p_text, shown, with_unit
from pwc_bench.regression.reports.wording import meaning, of_implementation, sorted_verdicts, standing, summary, tags

MARKER = "<!-- pwc-bench-check -->"
"""The first line, by which a later run finds the comment that it replaces."""

LONGEST_BYTES = 60_000
"""GitHub takes 65,536 characters in a comment; a report that is longer counts what it leaves out."""

_SIGNS = {
    Outcome.REGRESSED: "\N{CROSS MARK}",
    Outcome.MISSING: "\N{CROSS MARK}",
    Outcome.INCOMPARABLE: "\N{WARNING SIGN}\ufe0f",
    Outcome.INCONCLUSIVE: "\N{WARNING SIGN}\ufe0f",
    Outcome.IMPROVED: "\N{WHITE HEAVY CHECK MARK}",
    Outcome.EQUIVALENT: "\N{WHITE HEAVY CHECK MARK}",
    Outcome.SAME: "",
}
_P_VALUE = re.compile(r"\bp [<=]")
"""A reason that tells the p-value itself."""
_HEAD = (
    "| | Variant | Metric | Baseline | Candidate | Change | Why |",
    "|---|---|---|--:|--:|--:|---|",
)


def render(verdicts: Sequence[Verdict], context: ReportContext) -> str:
    """Return the comment: at most `LONGEST_BYTES` in UTF-8, with a line end."""
    sign = "\N{WHITE HEAVY CHECK MARK}" if context.exit_code == 0 else "\N{CROSS MARK}"
    ordered = sorted_verdicts(verdicts)
    changed = [verdict for verdict in ordered if _is_news(verdict)]
    rest = [verdict for verdict in ordered if not _is_news(verdict)]
    text = _Text(absent_variants(verdicts))
    counted = summary(verdicts)
    text.add(f"{MARKER}\n### {sign} pwc-bench check: {meaning(context.exit_code)}\n")
    text.add(f"\n{counted[0].upper()}{counted[1:]}.\n")
    text.add(f"\n{code(context.candidate)} against {code(context.baseline)}, exit code {context.exit_code}.\n")
    for note in context.notes:
        text.add(f"\n> {escaped(note)}\n")
    text.add_rows(changed, "", "")
    for explanation in context.explanations:
        text.add_block(explanation_block(explanation))
    if rest:
        text.add_rows(rest, f"\n<details><summary>{_rest_title(rest)}</summary>\n", "\n</details>\n")
    text.add_block(_limits(context))
    return text.whole()


class _Text:
    """Pieces that are added as long as there is room; what is left out is counted."""

    _RESERVE = 800
    """Kept free for closing words."""

    def __init__(self, absent: Collection[str]) -> None:
        self._absent = absent
        self._pieces: list[str] = []
        self._bytes = 0
        self._rows_left_out = 0
        self._blocks_left_out = 0

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._bytes += len(piece.encode())

    def add_block(self, block: str) -> None:
        """Add a block whole or not at all."""
        if self._fits(block):
            self.add(block)
        else:
            self._blocks_left_out += 1

    def add_rows(self, verdicts: Sequence[Verdict], before: str, after: str) -> None:
        """Add a table with as many rows as there is room for."""
        head = before + "\n" + "\n".join(_HEAD) + "\n"
        rows = [_row(verdict, count) for verdict, count in standing_for(verdicts, self._absent)]
        taken = 0
        if rows and self._fits(head + rows[0]):
            self.add(head)
            while taken < len(rows) and self._fits(rows[taken]):
                self.add(rows[taken])
                taken += 1
            self.add(after)
        self._rows_left_out += len(rows) - taken

    def whole(self) -> str:
        left_out = [
            f"{count:,} {noun}{'' if count == 1 else 's'}"
            for count, noun in ((self._rows_left_out, "row"), (self._blocks_left_out, "folded section"))
            if count
        ]
        closing = f"\n*Left out for length: {', '.join(left_out)}; the JSON report has them.*\n" if left_out else ""
        return "".join((*self._pieces, closing))

    def _fits(self, piece: str) -> bool:
        return self._bytes + len(piece.encode()) <= LONGEST_BYTES - self._RESERVE


def _is_news(verdict: Verdict) -> bool:
    changed = verdict.outcome is not Outcome.SAME or verdict.is_accepted or bool(verdict.warnings)
    return verdict.is_gated and changed


def _rest_title(rest: Sequence[Verdict]) -> str:
    same = sum(verdict.is_gated for verdict in rest)
    parts = ([f"{same:,} the same"] if same else []) + (
        [f"{len(rest) - same:,} shown, never gated"] if len(rest) - same else []
    )
    return ", ".join(parts)


def _row(verdict: Verdict, metrics: int) -> str:
    if metrics > 1:
        why = escaped(verdict.reason)
        return f"| {_standing(verdict)} | {escaped(verdict.title, 60)} | {metrics:,} metrics | | | | {why} |\n"
    numbers = shown(verdict)
    place = "" if verdict.dataset is None else f" on {escaped(verdict.dataset, 60)}"
    cells = (
        _standing(verdict),
        escaped(of_implementation(verdict.title, verdict), 60),
        f"{escaped(verdict.metric.title, 60)}{place}",
        _value(numbers.baseline, numbers),
        _value(numbers.candidate, numbers),
        "" if numbers.change == ABSENT else escaped(numbers.change),
        "<br>".join(_why(verdict)),
    )
    return f"| {' | '.join(cells)} |\n"


def _standing(verdict: Verdict) -> str:
    sign = _SIGNS[verdict.outcome] if verdict.is_gated else ""
    return ", ".join((f"{sign} {standing(verdict)}".strip(), *tags(verdict)))


def _value(value: str, numbers: Shown) -> str:
    return "" if value == ABSENT else escaped(with_unit(value, numbers.unit))


def _why(verdict: Verdict) -> Iterator[str]:
    p_value = p_text(verdict.p_value)
    tested = f" ({escaped(p_value)})" if p_value and not _P_VALUE.search(verdict.reason) else ""
    yield escaped(verdict.reason) + tested
    yield from (f"\N{WARNING SIGN}\ufe0f {escaped(warning)}" for warning in verdict.warnings)


def _limits(context: ReportContext) -> str:
    rows = "".join(
        f"| {escaped(field.name.replace('_', ' '))} | {escaped(str(getattr(context.policy, field.name)))} |\n"
        for field in fields(context.policy)
    )
    return f"\n<details><summary>Thresholds</summary>\n\n| Limit | Value |\n|---|--:|\n{rows}\n</details>\n"
