"""Every format, against files that a person has looked at."""

import pytest

from pwc_bench.core.errors import UsageError
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.reports import FORMATS, render
from tests.example_archive import METRICS
from tests.golden_files import assert_golden
from tests.regression.reports.examples import context_of, explanation, make_verdict, many, nasty, typical

_SUFFIXES = {"text": "txt", "json": "json", "markdown": "md", "junit": "xml", "github": "github.txt"}


def _same() -> tuple[Verdict, ...]:
    names = ("convit-ti", "convit-s", "convit-b")
    metrics = (METRICS["top1"], METRICS["gflops"], METRICS["throughput"])
    return tuple(make_verdict(name, m, Outcome.SAME, "as before", 1.0, 1.0) for name in names for m in metrics)


_CASES = {"typical": typical(), "nasty": nasty(), "empty": (), "same": _same()}


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("case", _CASES)
def test_golden(format_name: str, case: str) -> None:
    """Each format writes each case as it was looked at."""
    verdicts = _CASES[case]
    told = (explanation(),) if case == "typical" else ()
    notes = ("only some metrics were compared: top1, gflops",) if case == "typical" else ()
    report = render(format_name, verdicts, context_of(verdicts, *told, notes=notes))
    assert_golden(f"check/{case}.{_SUFFIXES[format_name]}", report)


@pytest.mark.parametrize("format_name", FORMATS)
def test_ends_with_one_line_end(format_name: str) -> None:
    """A report can be printed without a further line end."""
    report = render(format_name, typical(), context_of(typical()))
    assert report.endswith("\n")
    assert not report.endswith("\n\n")


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_failing_verdict_is_named(format_name: str) -> None:
    """Nothing that fails a check is left out of a report of ordinary length."""
    report = render(format_name, typical(), context_of(typical()))
    for reason in ("no longer right", "9.8", "has no gflops", "A100", "no number"):
        assert reason in report


def test_an_unknown_format_is_refused() -> None:
    """The message names the formats."""
    with pytest.raises(UsageError, match="text, json, markdown, junit, github"):
        render("yaml", (), context_of(()))


def test_a_thousand_verdicts_are_rendered_by_every_format() -> None:
    """Length breaks no format."""
    verdicts = many(500)
    for format_name in FORMATS:
        assert "model-00000" in render(format_name, verdicts, context_of(verdicts))
