"""The report for programs, as docs/check-report.md describes it; a change that breaks readers raises SCHEMA."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Column, Display, Kind, Metric, PerImage, Scope
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.reports.wording import ReportContext, meaning, sorted_verdicts


def plain(value: object) -> Any:  # noqa: ANN401  (JSON: any of its types)
    """Return a dataclass, mapping, list or number as JSON values; "NaN", "Infinity", "-Infinity" stand as strings."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def verdict_from_dict(data: Mapping[str, Any]) -> Verdict:
    """Read a verdict that `plain` wrote. Raises RecordFormatError where it is none."""
    try:
        return _verdict(data)
    except KeyError as error:
        raise RecordFormatError(f"a verdict lacks its field {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise RecordFormatError(f"a verdict has a field of the wrong form: {error}") from None


def _verdict(data: Mapping[str, Any]) -> Verdict:
    return Verdict(
        variant=data["variant"],
        title=data["title"],
        dataset=data["dataset"],
        metric=_metric(data["metric"]),
        outcome=Outcome(data["outcome"]),
        reason=data["reason"],
        is_gated=data["is_gated"],
        is_accepted=data["is_accepted"],
        baseline=_measurement(data["baseline"]),
        candidate=_measurement(data["candidate"]),
        baseline_record=data["baseline_record"],
        candidate_record=data["candidate_record"],
        difference=_number(data["difference"]),
        ratio=_number(data["ratio"]),
        p_value=_number(data["p_value"]),
        evidence=data["evidence"],
        implementation=data["implementation"],
        warnings=tuple(data["warnings"]),
    )


def _metric(data: Mapping[str, Any]) -> Metric:
    low, high = data["bounds"]
    return Metric(
        **dict(data)
        | {
            "better": Better(data["better"]),
            "kind": Kind(data["kind"]),
            "scope": Scope(data["scope"]),
            "display": Display(**data["display"]),
            "bounds": (_number(low), _number(high)),
            "per_image": PerImage(data["per_image"]) if data.get("per_image") else None,
            "column": Column(data.get("column", Column.NONE)),
        }
    )


def _measurement(data: Mapping[str, Any] | None) -> Measurement | None:
    if data is None:
        return None
    value, interval, samples = _number(data["value"]), data["interval"], data["samples"]
    if value is None:
        raise ValueError("a measurement has a value")
    return Measurement(
        value=value,
        unit=data["unit"],
        interval=None if interval is None else _pair(interval),
        samples=None if samples is None else tuple(_float(sample) for sample in samples),
        details=data["details"],
        version=data["version"],
        caveats=tuple(data["caveats"]),
    )


def _pair(values: list[Any]) -> tuple[float, float]:
    low, high = values
    return _float(low), _float(high)


def _number(value: object) -> float | None:
    return None if value is None else _float(value)


def _float(value: object) -> float:
    """Return a number as it was written: a count stays a whole number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"{value!r} is not a number")
    return float(value) if isinstance(value, str) else value


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
