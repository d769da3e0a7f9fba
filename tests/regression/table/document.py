"""docs/verdicts.md, written from the rows and from what `compare` says to each."""

from collections.abc import Iterator

from tests.regression.table import SECTIONS, Case

__all__ = ["document"]

_HEAD = """\
# What `pwc-bench check` decides

Every row below is executed by the tests on real records, and the words in the last column are those that the check
itself gives. Thresholds are the defaults; `[tool.pwc-bench.check]` of pyproject.toml or pwc-bench.toml sets them.

Exit codes: 0 passed, 1 regression, 3 incomparable or no baseline, 4 missing, failed or incomplete, 5 undecided or
nothing compared; where several hold, 1 before 4 before 3 before 5. "Shown" means that the verdict does not count
towards the exit code, which is that of the whole check.
"""


def document() -> str:
    """Return the text of docs/verdicts.md."""
    return _HEAD + "".join(_sections())


def _sections() -> Iterator[str]:
    number = 0
    for section in SECTIONS:
        yield f"\n## {section.title}\n\n{section.rule}\n\n"
        yield "| | The baseline has | The candidate has | Verdict | Exit code | What the check says |\n"
        yield "|--:|---|---|---|--:|---|\n"
        for case in section.cases:
            number += 1
            yield f"| {number} | {' | '.join(_cells(case))} |\n"


def _cells(case: Case) -> Iterator[str]:
    verdicts = case.verdicts
    verdict = case.verdict(verdicts)
    yield case.baseline
    yield case.candidate
    yield "none" if case.outcome is None else f"**{case.outcome}**" + ("" if case.is_gated else ", shown")
    yield str(case.exit_code)
    if verdict is None:
        yield "nothing: neither side measured it" if verdicts else "nothing was compared"
    else:
        yield " ".join((verdict.reason.replace("|", "\\|"), *(f"*{warning}*" for warning in verdict.warnings)))
