"""The further charts of each leaderboard: over time, and any metric against any other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pwc_bench.claims.naming import BoardKey, Names, board_keys, board_title
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import Link, relative
from pwc_bench.site.boards.board import make_board
from pwc_bench.site.boards.chart import (
    BoardChart,
    BoardFigure,
    Tabs,
    board_charts,
    board_figure,
    board_tabs,
    chart_path,
)
from pwc_bench.site.charts.svg import standalone
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import Page, PageKind

_STATE_OF_THE_ART = (
    "Each of these is better, as a number, than everything published before it; by how much chance moves such numbers "
    "is not asked."
)
_FRONTIER = (
    "No other model is better in one of the two numbers without being worse in the other. Numbers whose intervals "
    "overlap are not ordered: of two models that only one of the numbers tells apart, the one that is better in it "
    "stands here, and of two that neither tells apart one stands for both. A claimed share of a known number of images "
    "has the binomial interval of that sample, widened by its rounding; any other claim has what rounds to its printed "
    "digits alone, whatever chance added; a spread that is printed behind a number widens either. Counts are exact; "
    "any other measurement without an interval is compared with none and stands off the line. A whole measurement "
    "speaks for its model, otherwise the claim does."
)


@dataclass(frozen=True, slots=True)
class ChartContext:
    """What `chart.html` shows."""

    frame: Frame
    title: str
    is_demo: bool
    board: Link
    tabs: Tabs | None
    figure: BoardFigure
    best: str
    """The models on its line, from left to right, "" where there is none."""
    best_title: str
    best_meaning: str


class ChartPages(PageKind[BoardKey]):
    """A page for every chart of every leaderboard but the first one, which stands on the leaderboard itself."""

    template = "chart"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names = Names.of(archive)
        self._papers = {paper.slug: paper for paper in archive.papers()}

    def keys(self) -> Iterable[BoardKey]:
        """Stream the leaderboards."""
        return board_keys(self.archive)

    def path(self, key: BoardKey) -> str:
        """Return the leaderboard's own page, beside which they stand."""
        return key.path

    def pages(self, key: BoardKey) -> Iterator[Page]:
        """Make the pages of a leaderboard's further charts."""
        yield from _pages(self.archive, key, self._names, self._papers)


KINDS = (ChartPages,)


def _pages(archive: Archive, key: BoardKey, names: Names, papers: Mapping[str, Paper]) -> Iterator[Page]:
    title = board_title(archive, key, names)
    inside = f"{key.folder}/chart/index.html"  # links are the same in every folder of this depth
    charts = board_charts(make_board(archive, key, names, papers, inside), title)
    declared = archive.catalogue.datasets.get(key.dataset)
    for chart in charts[1:]:
        yield _page(key, title, charts, chart, is_demo=declared is not None and declared.is_demo)


def _page(key: BoardKey, title: str, charts: tuple[BoardChart, ...], chart: BoardChart, *, is_demo: bool) -> Page:
    path = chart_path(key, chart)
    figure = board_figure(chart)
    context = ChartContext(
        frame=make_frame(
            path,
            title=f"{chart.scatter.title} (demo)" if is_demo else chart.scatter.title,
            description=f"{chart.scatter.title}: claims and measurements as a chart, with the line of the best.",
            section="SotA",
            crumbs=(("SotA", "sota/index.html"), (title, key.path), (chart.text, None)),
        ),
        title=chart.text,
        is_demo=is_demo,
        board=Link(title, relative(path, key.path)),
        tabs=board_tabs(key, charts, chart, path),
        figure=figure,
        best=", ".join(chart.best),
        best_title=chart.scatter.line_title[:1].upper() + chart.scatter.line_title[1:],
        best_meaning=_meaning(chart),
    )
    return Page("chart", path, context, {f"{key.folder}/{chart.slug}/chart.svg": standalone(figure.drawing)})


def _meaning(chart: BoardChart) -> str:
    meaning = _STATE_OF_THE_ART if chart.scatter.is_over_time else _FRONTIER
    if not chart.setting:
        return meaning
    return f"{meaning} Only numbers of one setting are compared: {chart.setting}."
