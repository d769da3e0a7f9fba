"""A history in words, for people who read it at the terminal or hear it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pwc_bench.claims.history import HistoryPoint, HistorySeries, HistoryStep
from pwc_bench.claims.numbers import signed_text
from pwc_bench.core.metric import Better, Display, Kind, Metric

_MOST_DECIMALS = 15
_MOST_CHANGES = 4


def series_title(series: HistorySeries, dataset: str | None) -> str:
    """Return "Throughput on NVIDIA H200, bf16, batch 256", or with the data set's title before the setting."""
    place = ", ".join(part for part in (dataset, series.setting) if part)
    return f"{series.metric.title} on {place}" if place else series.metric.title


def direction_text(metric: Metric) -> str:
    """Return "higher is better" or "lower is better"."""
    return "higher is better" if metric.better is Better.HIGHER else "lower is better"


def value_text(metric: Metric, value: float) -> str:
    """Return a value in the display unit, with it."""
    return f"{metric.display.text(value)} {metric.display.unit}".strip()


def change_text(metric: Metric, step: HistoryStep) -> str:
    """Return the size of a step: "-9.8 %" of a speed, "-0.46 points" of a share, a difference in the unit else."""
    if metric.unit == "%":
        return f"{signed_text(step.after - step.before, metric.display.decimals)} points"
    if step.before != 0:
        percent = 100 * (step.after - step.before) / abs(step.before)
        decimals = next((d for d in range(1, _MOST_DECIMALS) if abs(percent) >= 0.5 * 10.0**-d), _MOST_DECIMALS)
        return f"{signed_text(percent, decimals)} %"
    return f"{signed_text(step.after, metric.display.decimals)} {metric.display.unit}".strip()


def step_words(metric: Metric, step: HistoryStep) -> str:
    """Return a step as briefly as it can be said: its direction, its size, and whether to be glad."""
    sign = "▲" if step.after > step.before else "▼"
    return f"{sign} {change_text(metric, step)}, {'better' if step.is_better else 'worse'}"


def step_sentence(series: HistorySeries, step: HistoryStep) -> str:
    """Return when a step began, how large it is, and whether to be glad."""
    point = series.points[step.index]
    tested = "" if step.p_value is None else f", p {_p_text(step.p_value)}"
    judged = "better" if step.is_better else "worse"
    before, after = _levels(series.metric, step)
    change = f"{before} to {after}, {change_text(series.metric, step)}"
    return f"{judged} since {point.started[:10]} ({point.campaign}): from {change}{tested}{_with(point)}"


def _with(point: HistoryPoint) -> str:
    """Return what else is new at a point: the first suspects."""
    if not point.changes:
        return ""
    told = [f"{change.name} {change.before} to {change.after}" for change in point.changes[:_MOST_CHANGES]]
    more = len(point.changes) - len(told)
    return f"; new with it: {', '.join(told)}" + (f" and {more} more" if more else "")


def _levels(metric: Metric, step: HistoryStep) -> tuple[str, str]:
    """Return both levels with as many digits as they need to look different; the second one has the unit."""
    display = _telling(metric.display, (step.before, step.after))
    return display.text(step.before), f"{display.text(step.after)} {display.unit}".strip()


def series_display(series: HistorySeries) -> Display:
    """Return how a series' values are written: exact ones with as many digits as it takes to tell them apart."""
    metric = series.metric
    if metric.kind is not Kind.EXACT:
        return metric.display
    return _telling(metric.display, [point.value for point in series.points])


def _telling(display: Display, values: Sequence[float]) -> Display:
    different = len(set(values))
    for decimals in range(display.decimals, _MOST_DECIMALS):
        finer = replace(display, decimals=decimals)
        if len({finer.text(value) for value in values}) == different:
            return finer
    return replace(display, decimals=_MOST_DECIMALS)


def step_sentences(series: HistorySeries) -> Iterator[str]:
    """Yield a sentence for each step, newest first."""
    for step in reversed(series.steps):
        yield step_sentence(series, step)


def counted(series: HistorySeries) -> str:
    """Return how many campaigns a series has: "12 measurements", "the newest 60 of 1,204 measurements"."""
    shown = len(series.points)
    if series.older:
        return f"the newest {shown:,} of {shown + series.older:,} measurements"
    return "1 measurement" if shown == 1 else f"{shown:,} measurements"


def _p_text(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
