"""A leaderboard for each task and data set of which something is claimed or measured."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from pwc_bench.claims.naming import BoardKey, Names, board_keys, board_title, dataset_title
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import Link, relative, task_path
from pwc_bench.site.boards.board import Board, make_board
from pwc_bench.site.boards.chart import (
    BoardChart,
    BoardFigure,
    Tabs,
    board_charts,
    board_figure,
    board_tabs,
    brief_figure,
)
from pwc_bench.site.boards.files import board_csv, board_json
from pwc_bench.site.boards.ranking import paired_tests
from pwc_bench.site.charts.svg import standalone
from pwc_bench.site.parts.citation import Citation, cite_board
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import Page, PageKind

_SIGNS = (
    ("reproduced", False, "reproduced: the measurement minus the claim"),
    ("reproduced", True, "reproduced in another convention of counting"),
    ("above", False, "above the claim"),
    ("below", False, "below it"),
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One entry of the legend."""

    state: str
    sample: str
    """A difference that stands on the board."""
    text: str
    by_convention: bool


@dataclass(frozen=True, slots=True)
class LeaderboardContext:
    """What `leaderboard.html` shows."""

    frame: Frame
    title: str
    lead: str
    is_demo: bool
    signs: tuple[Sign, ...]
    """How claims stand on this board: the legend of what occurs."""
    has_measurements: bool
    task: Link | None
    dataset: Link
    board: Board
    chart: BoardFigure | None
    tabs: Tabs | None
    downloads: tuple[Link, ...]
    counts: str
    citation: Citation
    definitions: tuple[tuple[str, str], ...]
    """(title, definition) of each metric."""


class LeaderboardPages(PageKind[BoardKey]):
    """A page for every leaderboard, each with its numbers as CSV and JSON and its chart as SVG."""

    template = "leaderboard"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names = Names.of(archive)
        self._papers = {paper.slug: paper for paper in archive.papers()}

    def keys(self) -> Iterable[BoardKey]:
        """Stream the leaderboards."""
        return board_keys(self.archive)

    def path(self, key: BoardKey) -> str:
        """Return where a leaderboard's page goes."""
        return key.path

    def pages(self, key: BoardKey) -> Iterator[Page]:
        """Make the page of a leaderboard."""
        yield _page(self.archive, key, self._names, self._papers)


KINDS = (LeaderboardPages,)


def _page(archive: Archive, key: BoardKey, names: Names, papers: Mapping[str, Paper]) -> Page:
    path = key.path
    title = board_title(archive, key, names)
    board = make_board(archive, key, names, papers, path, paired_tests)
    charts = board_charts(board, title)
    files: dict[str, str | bytes] = {
        f"{key.folder}/index.csv": board_csv(board),
        f"{key.folder}/index.json": board_json(board, title, path),
    }
    downloads = [Link("CSV", "index.csv"), Link("JSON", "index.json")]
    if charts:
        files[f"{key.folder}/chart.svg"] = standalone(board_figure(charts[0]).drawing)
        downloads.append(Link("Chart (SVG)", "chart.svg"))
    context = _context(archive, key, names, board, title, charts, tuple(downloads))
    return Page("leaderboard", path, context, files)


def _context(
    archive: Archive,
    key: BoardKey,
    names: Names,
    board: Board,
    title: str,
    charts: tuple[BoardChart, ...],
    downloads: tuple[Link, ...],
) -> LeaderboardContext:
    declared = archive.catalogue.datasets.get(key.dataset)
    is_demo = declared is not None and declared.is_demo
    task = next((task for task in archive.tasks() if task.slug == key.task), None)
    dataset = dataset_title(names, key.dataset)
    has_claims = any(column.has_claims for column in board.columns)
    lead = f"What papers claim on {dataset} and what pwc-bench measures, side by side."
    if not has_claims:
        lead = f"What pwc-bench measures on {dataset}."
    elif not any(column.is_ours for column in board.columns):
        lead = f"What is claimed on {dataset}, as published. pwc-bench does not measure it."
    return LeaderboardContext(
        frame=make_frame(
            key.path,
            title=f"{title} (demo)" if is_demo else title,
            description=f"{lead} {_counts(board)}",
            section="SotA",
            crumbs=(("SotA", "sota/index.html"), (title, None)),
        ),
        title=title,
        lead=lead,
        is_demo=is_demo,
        signs=tuple(_signs(board)),
        has_measurements=any(cell.measured for row in board.rows for cell in row.cells),
        task=None if task is None else Link(task.title, relative(key.path, task_path(task.slug))),
        dataset=Link(dataset, relative(key.path, names.dataset_path(key.dataset))),
        board=board,
        chart=brief_figure(charts[0]) if charts else None,
        tabs=board_tabs(key, charts, charts[0], key.path) if charts else None,
        downloads=downloads,
        counts=_counts(board),
        citation=cite_board(title, board.newest),
        definitions=tuple(
            (metric.title, metric.definition)
            for column in board.columns
            if column.is_ours and (metric := archive.catalogue.metrics.get(column.metric)) is not None
        ),
    )


def _signs(board: Board) -> Iterator[Sign]:
    """Yield what marks a difference on this board, each with the first number that it stands beside."""
    cells = [cell for row in board.rows for cell in (*row.cells, *chain.from_iterable(row.elsewhere))]
    for state, by_convention, text in _SIGNS:
        for cell in cells:
            verdict = cell.verdict
            if verdict and cell.difference and (verdict.state, verdict.by_convention) == (state, by_convention):
                yield Sign(state, cell.difference, text, by_convention)
                break


def _counts(board: Board) -> str:
    models = f"{len(board.rows)} {'model' if len(board.rows) == 1 else 'models'}"
    first = board.columns[0] if board.columns else None
    if first is not None and not first.is_ours:
        return f"{models}; {first.title} is shown as claimed."
    measured = sum(row.cells[0].measured is not None for row in board.rows if row.cells)
    return f"{models}, {measured} with a measured {first.title if first else 'anything'}."
