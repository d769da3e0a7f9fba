"""A history as JSON, for programs."""

from typing import Any

from pwc_bench.cli.history import History
from pwc_bench.cli.jsonable import json_text, to_json
from pwc_bench.views.history import HistorySeries


def history_json(found: History) -> str:
    """Return one indented object: the variant and its series, each with points (oldest first) and steps."""
    return json_text(
        {
            "kind": "history",
            "variant": found.variant,
            "title": found.title,
            "series": [_series(series) for series in found.series],
        }
    )


def _series(series: HistorySeries) -> dict[str, Any]:
    return {
        "metric": series.metric.key,
        "unit": series.metric.unit,
        "better": str(series.metric.better),
        "dataset": series.dataset,
        "setting": series.setting,
        "older_points": series.older,
        "points": to_json(series.points),
        "steps": [
            to_json(step)
            | {"record": series.points[step.index].record_id, "campaign": series.points[step.index].campaign}
            for step in series.steps
        ],
    }
