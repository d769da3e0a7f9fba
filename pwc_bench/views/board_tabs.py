"""Where a leaderboard's charts lie, and the tabs that lead from one to the other: links, which need no script."""

from collections.abc import Sequence
from dataclasses import dataclass

from pwc_bench.core.links import relative
from pwc_bench.views.board_chart import BoardChart
from pwc_bench.views.board_keys import BoardKey


@dataclass(frozen=True, slots=True)
class Tab:
    """A link to one of the charts."""

    text: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Tabs:
    """The links to all charts of a leaderboard."""

    first: tuple[Tab, ...]
    """Those of its first metric."""
    others: tuple[Tab, ...]
    is_open: bool
    """Whether one of the others is the current one."""


def chart_path(key: BoardKey, chart: BoardChart) -> str:
    """Return the path of a chart's own page."""
    return f"{key.folder}/{chart.slug}/index.html"


def board_tabs(key: BoardKey, charts: Sequence[BoardChart], current: BoardChart, path: str) -> Tabs | None:
    """Return the links to the charts, as the page at `path` shows them; the first one stands on the leaderboard itself.

    A single chart needs none: None.
    """
    if len(charts) < 2:
        return None
    first: list[Tab] = []
    others: list[Tab] = []
    for chart in charts:
        target = key.path if chart is charts[0] else chart_path(key, chart)
        tab = Tab(chart.text, relative(path, target), chart is current)
        (first if chart.is_first_metric else others).append(tab)
    return Tabs(tuple(first), tuple(others), not current.is_first_metric)
