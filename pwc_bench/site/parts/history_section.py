"""The history of a variant as its page shows it: charts where something moved, sentences where nothing did."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pwc_bench.claims.history import HistorySeries, series_of
from pwc_bench.claims.history_words import (
    counted,
    direction_text,
    series_display,
    series_title,
    step_sentences,
    step_words,
    value_text,
)
from pwc_bench.claims.naming import Names
from pwc_bench.claims.numbers import interval_text
from pwc_bench.core.links import Link, record_path, relative
from pwc_bench.core.record import Record
from pwc_bench.core.text_forms import slugify
from pwc_bench.site.charts.history import HistoryChart, draw_history
from pwc_bench.site.charts.svg import Drawing

_MOST_FIGURES = 16
"""A page draws no more series than this; those with a step go first, the others are counted."""
_NARROW_PX, _NARROW_HEIGHT_PX, _NARROW_POINTS = 400.0, 240.0, 16


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One measurement in the table below a chart, newest first."""

    started: str
    record: Link
    campaign: str
    value: str
    interval: str | None
    mark: str | None
    """The size of a step that begins here, in words; notes such as "partial"."""


@dataclass(frozen=True, slots=True)
class HistoryFigure:
    """One series that has moved."""

    anchor: str
    title: str
    setting: str
    """Data set and machine: what all its measurements share."""
    summary: str
    """"12 measurements, higher is better, newest 2,718 images/s"."""
    steps: tuple[str, ...]
    """A sentence for each step, newest first."""
    wide: Drawing
    narrow: Drawing
    rows: tuple[HistoryRow, ...]
    value_head: str


@dataclass(frozen=True, slots=True)
class UnchangedLine:
    """One series without a second value."""

    title: str
    text: str
    evidence: Link


@dataclass(frozen=True, slots=True)
class HistorySection:
    """All series: those with steps, those that moved without one, those that did not move."""

    with_steps: tuple[HistoryFigure, ...]
    without_steps: tuple[HistoryFigure, ...]
    without_text: str
    """"3 series without a step: Throughput, Latency"."""
    unchanged: tuple[UnchangedLine, ...]
    single: str | None
    """A sentence in place of everything else where there is one campaign only."""
    more: str | None
    """How many series are left out for the page's size; None where all are drawn."""

    @property
    def has_charts(self) -> bool:
        """Tell whether anything is drawn."""
        return bool(self.with_steps or self.without_steps)


def history_section(names: Names, records: Iterable[Record], path: str) -> HistorySection | None:
    """Show the history in a variant's `records`, given newest first; demos left out, None where nothing is left."""
    shown = [record for record in records if not names.is_demo(record)]
    found = series_of(shown, tuple(names.catalogue.metrics.values()))
    if not found:
        return None
    if all(len(series.points) == 1 for series in found):
        return HistorySection((), (), "", (), _single(found), None)
    moved = sorted((series for series in found if not series.is_constant), key=lambda series: not series.steps)
    drawn = moved[:_MOST_FIGURES]
    anchored = zip(drawn, _anchors(drawn), strict=True)
    figures = [(series, _figure(names, series, anchor, path)) for series, anchor in anchored]
    quiet = tuple(figure for series, figure in figures if not series.steps)
    return HistorySection(
        with_steps=tuple(figure for series, figure in figures if series.steps),
        without_steps=quiet,
        without_text=_quiet_text(quiet),
        unchanged=tuple(_unchanged(names, series, path) for series in found if series.is_constant),
        single=None,
        more=_more_text(moved[_MOST_FIGURES:]),
    )


def _more_text(left_out: Sequence[HistorySeries]) -> str | None:
    if not left_out:
        return None
    steps = sum(bool(series.steps) for series in left_out)
    return f"{len(left_out):,} more series are not drawn here, {steps:,} of them with a step:"


def _quiet_text(figures: Sequence[HistoryFigure]) -> str:
    titles = dict.fromkeys(figure.title for figure in figures)
    return f"{len(figures):,} series without a step: {', '.join(titles)}"


def _anchors(series: Sequence[HistorySeries]) -> Iterator[str]:
    """Yield an id for each series: its metric's key, numbered from the second one of a metric on."""
    taken: Counter[str] = Counter()
    for item in series:
        key = slugify(item.metric.key)
        taken[key] += 1
        yield f"history-{key}" if taken[key] == 1 else f"history-{key}-{taken[key]}"


def _single(found: tuple[HistorySeries, ...]) -> str:
    days = sorted({series.points[0].started[:10] for series in found})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"Each value was measured once so far ({when}). A second campaign begins the history."


def _figure(names: Names, series: HistorySeries, anchor: str, path: str) -> HistoryFigure:
    title = series_title(series, _dataset(names, series))
    display = series_display(series)
    newest = f"{display.text(series.points[-1].value)} {display.unit}".strip()
    summary = f"{counted(series)}, {direction_text(series.metric)}, newest {newest}"
    summary = summary[0].upper() + summary[1:]
    sentences = tuple(f"{sentence[0].upper()}{sentence[1:]}." for sentence in step_sentences(series))
    description = f"{summary}. {' '.join(sentences) or 'No step.'}"
    wide = HistoryChart(anchor, series, title, description, path)
    narrow = HistoryChart(
        anchor, series, title, description, path, _NARROW_PX, _NARROW_HEIGHT_PX, most_points=_NARROW_POINTS
    )
    return HistoryFigure(
        anchor=anchor,
        title=series.metric.title,
        setting=", ".join(part for part in (_dataset(names, series), series.setting) if part),
        summary=summary,
        steps=sentences,
        wide=draw_history(wide),
        narrow=draw_history(narrow),
        rows=_rows(series, path),
        value_head=series.metric.display.unit,
    )


def _rows(series: HistorySeries, path: str) -> tuple[HistoryRow, ...]:
    display = series_display(series)
    marks = {step.index: step for step in series.steps}
    rows = []
    for index, point in enumerate(series.points):
        notes = [step_words(series.metric, marks[index])] if index in marks else []
        notes += ["partial"] if point.is_partial else []
        notes += ["other weights"] if point.new_weights else []
        rows.append(
            HistoryRow(
                started=point.started[:10],
                record=Link(point.record_id[:8], relative(path, record_path(point.record_id))),
                campaign=point.campaign,
                value=display.text(point.value),
                interval=interval_text(series.metric, point.interval),
                mark=", ".join(notes) or None,
            )
        )
    return tuple(reversed(rows))


def _unchanged(names: Names, series: HistorySeries, path: str) -> UnchangedLine:
    newest = series.points[-1]
    value = value_text(series.metric, newest.value)
    once = len(series.points) == 1
    return UnchangedLine(
        title=series_title(series, _dataset(names, series)),
        text=f"measured once, {newest.started[:10]}" if once else f"the same in {counted(series)}",
        evidence=Link(value, relative(path, record_path(newest.record_id))),
    )


def _dataset(names: Names, series: HistorySeries) -> str | None:
    return None if series.dataset is None else names.dataset(series.dataset)
