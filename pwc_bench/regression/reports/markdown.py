"""The report as a comment on a pull request: what changed in a table, all the rest folded."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields

from pwc_bench.core.text_forms import one_line
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.explanation import ClassFlips, Explanation
from pwc_bench.regression.reports.advice import absent_variants, standing_for
from pwc_bench.regression.reports.columns import clipped
from pwc_bench.regression.reports.explanation_text import (
    class_title,
    explained,
    left_out,
    mistakes_text,
    percent_text,
    probability,
)
from pwc_bench.regression.reports.wording import (
    ABSENT,
    ReportContext,
    Shown,
    meaning,
    of_implementation,
    p_text,
    shown,
    sorted_verdicts,
    standing,
    summary,
    tags,
    with_unit,
)

_SPECIAL = re.compile(r"[&<>\\`*_{}\[\]|~$^\"]")
_REFERENCE = re.compile(r"([@#])(?=\w)")
"""What GitHub would turn into a mention of a person or into a link to an issue."""
_LONGEST = 400
"""A cell or sentence of data is cut after so many columns."""
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str, longest: int = _LONGEST) -> str:
    """Return `text` on one line with Markdown, HTML, mentions and issue numbers disarmed."""
    # The empty space comes first: its own entity must not be escaped, nor may entities look like issue numbers.
    parted = _REFERENCE.sub("\\1\N{ZERO WIDTH SPACE}", clipped(one_line(text), longest))
    return _SPECIAL.sub(_entity, parted).replace("\N{ZERO WIDTH SPACE}", "&#8203;")


def code(text: str, longest: int = 120) -> str:
    """Return `text` as code."""
    return f"<code>{escaped(text, longest)}</code>"


def _entity(found: re.Match[str]) -> str:
    return _NAMED.get(found[0], f"&#{ord(found[0])};")


def explanation_block(explanation: Explanation) -> str:
    """Return the diagnosis as a block of Markdown that begins and ends with a line end."""
    title = f"{escaped(explained(explanation), 60)} on {escaped(explanation.dataset, 60)}"
    crossing = explanation.crossing
    flips = f"{crossing.lost:,} images lost, {crossing.gained:,} gained"
    inner = "".join(f"{line}\n" for line in _lines(explanation))
    return f"\n<details><summary>Why: {title}, {flips}</summary>\n\n{inner}\n</details>\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    crossing, confidence, likelihood = explanation.crossing, explanation.confidence, explanation.likelihood
    if crossing.images == 0:
        yield "No image is in both predictions."
        return
    share = percent_text(explanation.changed_guesses, crossing.images)
    yield f"{crossing.images:,} images compared; the first guess changed on {explanation.changed_guesses:,} ({share})."
    yield from (f"{escaped(sentence)}." for sentence in left_out(explanation))
    right = "right" if explanation.depth == 1 else f"among the first {explanation.depth}"
    yield f"\n| | Candidate {right} | Candidate wrong |\n|---|--:|--:|"
    yield f"| Baseline {right} | {crossing.both_right:,} | {crossing.lost:,} lost |"
    yield f"| Baseline wrong | {crossing.gained:,} gained | {crossing.both_wrong:,} |\n"
    lost = ""
    if crossing.lost:
        lost = (
            f" (of the lost images {probability(confidence.lost_baseline)} to {probability(confidence.lost_candidate)})"
        )
    yield f"Median confidence {probability(confidence.baseline)} to {probability(confidence.candidate)}{lost};"
    yield f"mean negative log-likelihood {likelihood.baseline:.4f} to {likelihood.candidate:.4f} nats.\n"
    if explanation.classes:
        yield "| Class | Images | Lost | Gained | Lost images now taken for | Some of them |\n|---|--:|--:|--:|---|---|"
        yield from (_class_row(flips) for flips in explanation.classes)
    elif likelihood.worst:
        yield "No image flipped. The right class lost most likelihood in:\n"
        for flip in likelihood.worst:
            yield f"- {code(flip.image)}: {flip.nll_before:.3f} to {flip.nll_now:.3f} nats"
    if explanation.more_classes:
        yield f"\nand {explanation.more_classes:,} more classes"


def _class_row(flips: ClassFlips) -> str:
    images = ", ".join(code(flip.image, 60) for flip in flips.lost_images)
    name, mistakes = escaped(class_title(flips), 80), escaped(mistakes_text(flips), 160)
    return f"| {name} | {flips.images:,} | {flips.lost:,} | {flips.gained:,} | {mistakes} | {images} |"


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
