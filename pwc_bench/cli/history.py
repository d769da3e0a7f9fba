"""`pwc-bench show VARIANT --history`: each metric over campaigns, with marks where its level changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pwc_bench.api.places import load_catalogue
from pwc_bench.api.site import known
from pwc_bench.claims.history import HistoryPoint, HistorySeries, histories
from pwc_bench.claims.history_words import (
    change_text,
    counted,
    direction_text,
    series_display,
    series_title,
    step_sentences,
    value_text,
)
from pwc_bench.claims.numbers import interval_text
from pwc_bench.cli.console import observing
from pwc_bench.cli.tables import print_table
from pwc_bench.cli.text import json_text, say, to_json, wrapped
from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import UsageError
from pwc_bench.core.metric import Kind
from pwc_bench.core.text_forms import one_line

_MOST_ROWS = 12
"""The newest rows of a table of noisy values; those beside a step stand there as well."""


@dataclass(frozen=True, slots=True)
class History:
    """A variant's series."""

    variant: str
    title: str
    series: tuple[HistorySeries, ...]


def find_history(key: str, db: str, metric: str | None) -> History:
    """Read the history of the variant that `key` names. Raises UsageError where there is none, StoreError."""
    if metric is not None and metric not in load_catalogue().metrics:
        raise UsageError(f"there is no metric {metric!r}: `pwc-bench list metrics` names them")
    with observing() as observer, known(db, observer) as here:
        if here.find_stored is None and not here.published:
            raise UsageError(f"{db} does not exist: `pwc-bench run` measures something")
        return _history(key, here.archive, metric)


def print_history(found: History) -> None:
    """Print a table for each series that has changed, and a line for each other one."""
    say(f"{one_line(found.title)}: history")
    if not found.series:
        say("\nNothing was measured yet.")
    for series in found.series:
        say("\n" + "\n".join(_head(series)))
        if len(series.points) > 1 and not series.is_constant:
            rows = list(_rows(series))
            print_table(("started", "campaign", "value", "95 % interval", "record", "mark"), rows, right=_RIGHT)


_RIGHT = frozenset({"value", "95 % interval"})


def _history(key: str, archive: Archive, metric: str | None) -> History:
    for variant in archive.catalogue.variants.values():
        if key.casefold() in (variant.key.casefold(), variant.title.casefold()):
            return History(variant.key, variant.title, histories(archive, variant.key, metric))
    found = histories(archive, key, metric)
    if not found and not any(True for _ in archive.records(variant=key)):
        raise UsageError(
            f"no variant is called {key!r}: `pwc-bench list variants` names them; only these have a history"
        )
    return History(key, key, found)


def _head(series: HistorySeries) -> Iterator[str]:
    title = series_title(series, series.dataset)
    newest = value_text(series.metric, series.points[-1].value)
    if len(series.points) == 1:
        yield wrapped(f"{title}: {newest}, measured once ({series.points[0].started[:10]})")
    elif series.is_constant:
        yield wrapped(f"{title}: {newest}, the same in {counted(series)}")
    else:
        yield wrapped(f"{title}: {counted(series)}, {direction_text(series.metric)}")
        for sentence in step_sentences(series):
            yield wrapped(sentence, first="  * ", indent="    ")
        if not series.steps:
            yield "  no step"


def _rows(series: HistorySeries) -> Iterator[Sequence[str]]:
    marks = {step.index: step for step in series.steps}
    last = -1
    for index in sorted(_shown(series)):
        if index > last + 1:
            yield ("...", "", "", "", "", "")
        last = index
        step = marks.get(index)
        judged = "" if step is None else ("better " if step.is_better else "worse ")
        yield _row(
            series, series.points[index], "" if step is None else f"* {judged}{change_text(series.metric, step)}"
        )


def _shown(series: HistorySeries) -> set[int]:
    """Return the points that have a row: those beside a step, and the newest ones unless all is said by the steps."""
    count = len(series.points)
    beside = {step.index + offset for step in series.steps for offset in (-1, 0)}
    if series.metric.kind in (Kind.EXACT, Kind.PAIRED) and series.steps:
        return {0, *beside, count - 1}
    return {*range(max(0, count - _MOST_ROWS), count), *beside}


def _row(series: HistorySeries, point: HistoryPoint, mark: str) -> Sequence[str]:
    display = series_display(series)
    notes = [mark] if mark else []
    notes += ["partial"] if point.is_partial else []
    notes += ["other weights"] if point.new_weights else []
    return (
        point.started[:10],
        point.campaign,
        f"{display.text(point.value)} {display.unit}".strip(),
        interval_text(series.metric, point.interval) or "",
        point.record_id[:8],
        ", ".join(notes),
    )


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
