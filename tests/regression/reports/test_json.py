"""The report for programs."""

import json
import math
from dataclasses import fields
from pathlib import Path

import pytest

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression.explanation import (
    ClassFlips,
    Confidence,
    Crossing,
    Explanation,
    ImageFlip,
    Likelihood,
    Mistake,
)
from pwc_bench.regression.reports.json_report import read_verdicts, render
from pwc_bench.regression.reports.wording import MEANINGS, sorted_verdicts
from tests.regression.reports.examples import ECE, context_of, explanation, nasty, typical

_DOCUMENT = (Path(__file__).parents[3] / "docs" / "check-report.md").read_text(encoding="utf-8")


def test_every_field_of_a_verdict_comes_back() -> None:
    """A program that reads a report has the very values of the check."""
    full = Verdict(
        variant="v",
        title="V",
        dataset="d",
        metric=ECE,
        outcome=Outcome.INCONCLUSIVE,
        reason="r",
        is_gated=False,
        is_accepted=True,
        baseline=Measurement(3, "", (1.5, 4.5), (2.0, 3.0), {"rounds": [1, 2], "deep": {"a": None}}, 2, ("careful",)),
        candidate=Measurement(1e-300, "%"),
        baseline_record="ab" * 32,
        candidate_record="cd" * 32,
        difference=-0.1 + 0.3,
        ratio=1.25,
        p_value=5e-324,
        evidence={"lost": 3, "words": ["x"], "is": True},
        implementation="fused",
        warnings=("one", "two"),
    )
    (read,) = read_verdicts(render((full,), context_of((full,))))
    assert repr(read) == repr(full)  # a count stays a whole number
    assert read_verdicts(render((full,), context_of((full,)))) == (full,)
    assert read_verdicts(render(typical()[:-1], context_of(typical()))) == sorted_verdicts(typical()[:-1])


def test_what_is_no_number_comes_back_as_what_it_was() -> None:
    """JSON has no NaN: it is written as a string, and never as null or 0."""
    text = render((*typical(), *nasty()), context_of(typical()))
    found = read_verdicts(text)
    values = [v.candidate.value for v in found if v.candidate is not None]
    assert sum(math.isnan(value) for value in values) == 1
    assert -math.inf in values
    json.loads(text, parse_constant=pytest.fail)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": 2, "verdicts": []}', '{"schema": 1}', '{"schema": 1, "verdicts": [{}]}']
)
def test_another_text_is_refused(text: str) -> None:
    """What is no report, or one of another schema, is an error in one line."""
    with pytest.raises(
        RecordFormatError, match=r"not JSON: |not a report of `pwc-bench check` with schema 1|a verdict lacks its field"
    ):
        read_verdicts(text)


def test_a_field_of_the_wrong_form_is_refused() -> None:
    """A report that somebody changed by hand does not become a wrong verdict."""
    without = {"value": None, "interval": None, "samples": None}
    for name, wrong, why in (
        ("outcome", "perfect", "'perfect' is not a valid Outcome"),
        ("difference", True, "True is not a number"),
        ("p_value", [1], r"\[1\] is not a number"),
        ("baseline", without, "a measurement has a value"),
    ):
        report = json.loads(render(typical(), context_of(typical())))
        report["verdicts"][0][name] = wrong
        with pytest.raises(RecordFormatError, match=f"a verdict has a field of the wrong form: {why}"):
            read_verdicts(json.dumps(report))


def test_the_document_names_every_field_and_every_exit_code() -> None:
    """docs/check-report.md keeps up with the form."""
    report = json.loads(render(typical(), context_of(typical(), explanation())))
    kinds = (Verdict, Policy, Explanation, Crossing, Confidence, Likelihood, ClassFlips, Mistake, ImageFlip)
    names = set(report) | {field.name for kind in kinds for field in fields(kind)}
    assert [name for name in sorted(names) if f"`{name}`" not in _DOCUMENT] == []
    assert [code for code in MEANINGS if f"| {code} |" not in _DOCUMENT] == []
