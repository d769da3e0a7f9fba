"""A variant for people: what it is, and every claim beside what was measured here, within 80 columns."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pwc_bench.cli.claim_text import claim_lines
from pwc_bench.cli.readable import readable
from pwc_bench.cli.text import wrapped
from pwc_bench.core.metric import Metric
from pwc_bench.views.numbers import EN_DASH

_INDENT = " " * 12
"""Where the text of a line begins, behind "  measured  "."""


def fact_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a variant is, without its metrics."""
    return readable({name: item for name, item in found.items() if name not in ("kind", "metrics")})


def comparison_lines(found: Mapping[str, Any], metrics: Mapping[str, Metric]) -> Iterator[str]:
    """Yield a block for each metric on each data set: what was measured, then each claim with its verdict."""
    for compared in found["metrics"]:
        metric = metrics[compared["metric"]]
        for dataset in _datasets(compared):
            yield ""
            yield metric.title if dataset is None else f"{metric.title} on {dataset}"
            measured = [m for m in compared["measured"] if m["dataset"] == dataset]
            for own in measured:
                yield wrapped(_measured(own, metric), first="  measured  ", indent=_INDENT)
            for claim in compared["claims"]:
                if dataset is None or claim["dataset"] == dataset:
                    yield from claim_lines(claim, metric)


def _datasets(compared: Mapping[str, Any]) -> Iterable[str | None]:
    """Return the data sets of one metric in order; None alone for what depends on the model only."""
    if any(measured["dataset"] is None for measured in compared["measured"]):
        return (None,)
    return dict.fromkeys(item["dataset"] for item in (*compared["measured"], *compared["claims"]))


def _measured(own: Mapping[str, Any], metric: Metric) -> str:
    parts = [f"{metric.display.text(own['value'])} {metric.display.unit}"]
    if own["interval"] is not None:
        low, high = (metric.display.text(end) for end in own["interval"])
        parts.append(f"({low}{EN_DASH}{high})")
    marks = [own["status"]] if own["status"] != "complete" else []
    marks += {"probe": ["demo"], "local": ["own weights"]}.get(own["weights"] if own["dataset"] else "", [])
    parts += [f"({', '.join(marks)})"] if marks else []
    return f"{' '.join(parts)}, {own['setting']}, record {own['record'][:12]}"
