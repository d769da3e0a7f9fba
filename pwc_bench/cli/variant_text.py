"""A variant for people: what it is, and every claim beside what was measured here."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from pwc_bench.cli.closing import ABSENT
from pwc_bench.cli.readable import readable
from pwc_bench.core.metric import Metric

__all__ = ["COLUMNS", "comparison_rows", "fact_lines"]

COLUMNS = ("metric", "on", "measured", "claimed", "source of the claim", "conditions")


def fact_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a variant is, without its metrics."""
    return readable({name: item for name, item in found.items() if name not in ("kind", "metrics")})


def comparison_rows(found: Mapping[str, Any], metrics: Mapping[str, Metric]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each claim and each measurement, those of one metric on one data set side by side."""
    for compared in found["metrics"]:
        metric = metrics[compared["metric"]]
        for dataset in _datasets(compared):
            measured = [m for m in compared["measured"] if m["dataset"] == dataset]
            claims = [c for c in compared["claims"] if dataset is None or c["dataset"] == dataset]
            for number, (own, claim) in enumerate(zip_longest(measured, claims)):
                yield (
                    metric.key if number == 0 else "",
                    dataset or "",
                    ABSENT if own is None else _measured(own, metric),
                    ABSENT if claim is None else f"{claim['value']} {claim['unit']}",
                    "" if claim is None else claim["source"],
                    "" if claim is None else claim["conditions"] or "",
                )


def _datasets(compared: Mapping[str, Any]) -> Iterable[str | None]:
    """Return the data sets of one metric in order; None alone for what depends on the model only."""
    if any(measured["dataset"] is None for measured in compared["measured"]):
        return (None,)
    return dict.fromkeys(item["dataset"] for item in (*compared["measured"], *compared["claims"]))


def _measured(own: Mapping[str, Any], metric: Metric) -> str:
    text = f"{metric.display.text(own['value'])} {metric.display.unit}"
    marks = [own["status"]] if own["status"] != "complete" else []
    marks += ["demo"] if own["weights"] == "probe" else []
    return f"{text} ({', '.join(marks)})" if marks else text
