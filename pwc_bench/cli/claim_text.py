"""Claims and their verdicts for people, within 80 columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pwc_bench.cli.closing import ABSENT
from pwc_bench.cli.text import wrapped
from pwc_bench.core.metric import Metric
from pwc_bench.views.numbers import signed_text

_INDENT = " " * 12
CLAIM_COLUMNS = ("model", "metric", "claimed", "difference", "verdict")
_PRINTED = "*"
"""Stands behind a value that rounds to the claim's digits."""


def claim_lines(claim: Mapping[str, Any], metric: Metric) -> Iterator[str]:
    """Yield a claim, its source, its difference and its verdict; then its measurement under each convention."""
    conditions = f" ({claim['conditions']})" if claim["conditions"] else ""
    said = f"{claim['value']} {claim['unit']}".strip()
    yield wrapped(f"{said}, {claim['paper']}, {claim['source']}{conditions}", first="  claimed   ", indent=_INDENT)
    difference = difference_text(claim, metric)
    verdict = f"{difference}: {claim['reason']}" if difference else claim["reason"]
    yield wrapped(verdict, first=_INDENT, indent=_INDENT)
    if len(claim["conventions"]) > 1:
        values = (_under_convention(reading, metric) for reading in claim["conventions"])
        note = f" ({_PRINTED} prints the claim)" if any(r["prints"] for r in claim["conventions"]) else ""
        yield wrapped(f"{', '.join(values)}{note}", first=_INDENT, indent=_INDENT)


def difference_text(claim: Mapping[str, Any], metric: Metric) -> str:
    """Return measurement minus claim with its sign, in the display unit and as a share; "" where there is none."""
    if claim["difference"] is None:
        return ""
    text = signed_text(claim["difference"], metric.display.decimals)
    percent = claim["difference_percent"]
    return text if percent is None else f"{text} ({signed_text(percent, 1)} %)"


def claim_rows(claims: Sequence[Mapping[str, Any]], metrics: Mapping[str, Metric]) -> Iterator[tuple[str, ...]]:
    """Yield a row of `CLAIM_COLUMNS` for each claim about a variant of ours."""
    for claim in claims:
        metric = metrics.get(claim["metric"])
        if claim["variant"] is None or metric is None:
            continue
        difference = difference_text(claim, metric)
        ratio = claim["ratio"]
        if ratio is not None:
            difference = f"{ratio['measured']:.3f}, not {ratio['claimed']:.3f}"
        yield (
            claim["model"],
            metric.key,
            f"{claim['value']} {claim['unit']}".strip(),
            difference or ABSENT,
            _verdict(claim),
        )


def convention_rows(table: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each claim of a convention table, and a last one that counts what each convention prints."""
    for claim in table["claims"]:
        marks = (_PRINTED if printed else " " for printed in claim["prints"])
        yield claim["model"], claim["claimed"], *map(" ".join, zip(claim["values"], marks, strict=True))
    yield "claims printed", "", *(f"{tally}  " for tally in table["printed"])


def _under_convention(reading: Mapping[str, Any], metric: Metric) -> str:
    mark = f" {_PRINTED}" if reading["prints"] else ""
    return f"{reading['key'].replace('-', ' ')} {metric.display.text(reading['value'])}{mark}"


def _verdict(claim: Mapping[str, Any]) -> str:
    if claim["convention"] is not None:
        return f"reproduced {claim['convention'].replace('-', ' ')}"
    if claim["ratio"] is not None:
        return f"{claim['verdict']}, ratio to {claim['ratio']['reference']}"
    return f"{claim['verdict']}, own weights" if claim["own_weights"] else str(claim["verdict"])
