"""The table of verdicts is the specification: every row holds, and the document shows it as it is."""

import os
from collections import Counter
from pathlib import Path

import pytest

from pwc_bench.core.verdict import Outcome, exit_code
from tests.regression.table import SECTIONS, Case
from tests.regression.table.document import document

CASES = [case for section in SECTIONS for case in section.cases]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "verdicts.md"


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case.metric}" for n, case in enumerate(CASES, start=1)])
def test_row(case: Case) -> None:
    """What the baseline and the candidate have leads to the verdict and to the exit code."""
    verdicts = case.verdicts
    verdict = case.verdict(verdicts)
    assert exit_code(verdicts) == case.exit_code, [f"{v.metric.key}: {v.outcome}: {v.reason}" for v in verdicts]
    if case.outcome is None:
        assert verdict is None
        return
    assert verdict is not None
    assert verdict.outcome is case.outcome, verdict.reason
    assert verdict.is_gated == case.is_gated
    assert verdict.is_accepted == case.is_accepted
    assert bool(verdict.warnings) == case.warns, verdict.warnings


def test_the_table_is_whole() -> None:
    """At least forty rows, no two alike, and every outcome and exit code is reached."""
    assert len(CASES) >= 40
    repeated = Counter((case.baseline, case.candidate, case.metric, case.variant, tuple(case.only)) for case in CASES)
    assert max(repeated.values()) == 1
    assert {case.outcome for case in CASES} == {*Outcome, None}
    assert {case.exit_code for case in CASES} == {0, 1, 3, 4, 5}


def test_the_document_shows_the_table() -> None:
    """docs/verdicts.md is what the rows and the check say today; PWC_BENCH_UPDATE=1 writes it again."""
    text = document()
    if os.environ.get("PWC_BENCH_UPDATE") == "1":
        DOCUMENT.write_text(text, encoding="utf-8")
    assert text == DOCUMENT.read_text(encoding="utf-8"), "docs/verdicts.md is stale: PWC_BENCH_UPDATE=1"
