"""The report for programs, as docs/check-report.md describes it; a change that breaks readers raises SCHEMA."""

import json
from collections import Counter
from collections.abc import Sequence

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.verdict import Verdict
from pwc_bench.regression.reports.context import ReportContext
from pwc_bench.regression.reports.plain_values import plain, verdict_from_dict
from pwc_bench.regression.reports.wording import meaning, sorted_verdicts

SCHEMA = 1
"""The version of the JSON form."""


def render(verdicts: Sequence[Verdict], context: ReportContext) -> str:
    """Return the whole report as one indented JSON object, with a line end."""
    counted = Counter(str(verdict.outcome) for verdict in sorted_verdicts(verdicts) if verdict.is_gated)
    report = {
        "schema": SCHEMA,
        "baseline": context.baseline,
        "candidate": context.candidate,
        "exit_code": context.exit_code,
        "meaning": meaning(context.exit_code),
        "gated": dict(counted),
        "policy": plain(context.policy),
        "notes": plain(context.notes),
        "verdicts": [plain(verdict) for verdict in sorted_verdicts(verdicts)],
        "explanations": plain(context.explanations),
    }
    return json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_verdicts(text: str) -> tuple[Verdict, ...]:
    """Return the verdicts of a report. Raises RecordFormatError where the text is none of ours."""
    try:
        report = json.loads(text)
    except ValueError as error:
        raise RecordFormatError(f"not JSON: {error}") from None
    if not isinstance(report, dict) or report.get("schema") != SCHEMA or not isinstance(report.get("verdicts"), list):
        raise RecordFormatError(f"not a report of `pwc-bench check` with schema {SCHEMA}")
    return tuple(verdict_from_dict(item) for item in report["verdicts"])
