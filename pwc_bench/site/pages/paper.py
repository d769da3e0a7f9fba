"""A page for every paper: who, what, where, and what became of its claims; and the list of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from pwc_bench.claims.naming import BoardKey, Names, task_titles, titled_board
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Method, Paper, Repository
from pwc_bench.core.links import Link, method_path, paper_path, path_name, relative, safe_url, task_path
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.charts.svg import draw_badge
from pwc_bench.site.parts.citation import paper_data
from pwc_bench.site.parts.frame import SITE_TITLE, Frame, make_frame
from pwc_bench.site.parts.lists import PaperLine, PaperLines, Slice, list_frame, slices
from pwc_bench.site.parts.page import Page, PageKind
from pwc_bench.site.parts.paper_results import PaperResults, judged_machines, paper_results, tally_of
from pwc_bench.site.parts.related import RelatedLine, RelatedPapers, related_lines

Item = TypeVar("Item")

_MOST, _FIRST = 16, 12
"""Of more than so many authors or tasks so many stand below the title, and the others unfold."""


@dataclass(frozen=True, slots=True)
class CodeLink:
    """A place with code for the paper."""

    name: str
    """"facebookresearch/convit"."""
    href: str
    is_official: bool
    framework: str | None


@dataclass(frozen=True, slots=True)
class MethodLine:
    """A method that the paper introduces or uses."""

    title: str
    full_name: str
    href: str
    description: str


@dataclass(frozen=True, slots=True)
class BadgeLine:
    """A picture for READMEs: how the paper's claims on one leaderboard stand."""

    path: str
    href: str
    said: str
    """"9 of 12 claims reproduced; 2 not measured yet · NVIDIA H200, fp32": with each machine on which was judged."""

    @property
    def text(self) -> str:
        """Return all that it says: "pwc-bench: 9 of 12 claims reproduced"."""
        return f"{SITE_TITLE}: {self.said}"


@dataclass(frozen=True, slots=True)
class PaperContext:
    """What `paper.html` shows."""

    frame: Frame
    title: str
    authors: tuple[str, ...]
    """The first of them, where there are very many."""
    further_authors: tuple[str, ...]
    date: str
    venue: str | None
    tasks: tuple[Link, ...]
    further_tasks: tuple[Link, ...]
    paper_href: str | None
    pdf_href: str | None
    code: tuple[CodeLink, ...]
    abstract: str
    results: PaperResults
    boards: tuple[Link, ...]
    """The leaderboards that its claims stand on."""
    methods: tuple[MethodLine, ...]
    related: tuple[RelatedLine, ...]
    badges: tuple[BadgeLine, ...]


@dataclass(frozen=True, slots=True)
class PapersPage:
    """What `papers.html` sees."""

    frame: Frame
    papers: tuple[PaperLine, ...]
    previous: Link | None
    following: Link | None


class PaperPages(PageKind[Paper]):
    """A page for every paper, with a badge for each leaderboard on which it claims something."""

    template = "paper"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._titles, self._names = task_titles(archive), Names.of(archive)
        self._methods = {method.slug: method for method in archive.methods()}
        self._relatives = RelatedPapers(archive)

    def keys(self) -> Iterable[Paper]:
        """Stream the papers."""
        return self.archive.papers()

    def path(self, key: Paper) -> str:
        """Return where a paper's page goes."""
        return paper_path(key.slug)

    def pages(self, key: Paper) -> Iterator[Page]:
        """Make a paper's page."""
        path = self.path(key)
        context = _context(self.archive, key, path, self._names, self._titles, self._methods, self._relatives)
        yield Page(self.template, path, context, {badge.path: draw_badge(badge.said) for badge in context.badges})


class PaperListPages(PageKind[Slice[Paper]]):
    """The list of all papers, newest first, in pages. It streams, so it never holds more than two of them."""

    template = "papers"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._lines = PaperLines(task_titles(archive))

    def keys(self) -> Iterable[Slice[Paper]]:
        """Stream the parts of the list."""
        return slices(self.archive.papers(), "papers")

    def path(self, key: Slice[Paper]) -> str:
        """Return where a part goes."""
        return key.path

    def pages(self, key: Slice[Paper]) -> Iterator[Page]:
        """Make the page of a part."""
        frame = list_frame(key, "Papers", "Papers whose claims stand beside our measurements, newest first.")
        lines = tuple(self._lines.line(paper, key.path) for paper in key.items)
        yield Page(self.template, key.path, PapersPage(frame, lines, key.previous, key.following))


KINDS = (PaperPages, PaperListPages)


def _badges(paper: Paper, path: str, boards: Iterable[Link], results: PaperResults) -> Iterator[BadgeLine]:
    """Yield a badge for each leaderboard on which the paper claims of its own models."""
    for board in boards:
        rows = [row for row in results.own if row.dataset.href == board.href]
        if rows:
            slug = board.href.split("/")[-2]
            at = f"badges/{path_name(paper.slug)}/{slug}.svg"
            yield BadgeLine(at, relative(path, at), " · ".join((tally_of(rows).text, *judged_machines(rows))))


def _context(
    archive: Archive,
    paper: Paper,
    path: str,
    names: Names,
    titles: Mapping[str, str],
    methods: Mapping[str, Method],
    relatives: RelatedPapers,
) -> PaperContext:
    tasks = tuple(Link(titles.get(slug, slug), relative(path, task_path(slug))) for slug in paper.tasks)
    (authors, further_authors), (first_tasks, further_tasks) = _folded(paper.authors), _folded(tasks)
    results = paper_results(archive, paper, path, names, titles)
    boards = _boards(archive, paper, path, names, titles)
    return PaperContext(
        frame=make_frame(
            path,
            title=paper.title,
            description=paper.abstract or _summary(paper, boards),
            section="Papers",
            crumbs=(("Papers", "papers/index.html"), (shorten(paper.title, 60), None)),
            linked_data=paper_data(paper),
        ),
        title=paper.title,
        authors=authors,
        further_authors=further_authors,
        date=paper.date,
        venue=paper.venue,
        tasks=first_tasks,
        further_tasks=further_tasks,
        paper_href=safe_url(paper.url),
        pdf_href=safe_url(paper.pdf_url),
        code=tuple(link for repository in paper.repositories if (link := _code(repository)) is not None),
        abstract=paper.abstract,
        results=results,
        boards=boards,
        methods=tuple(_method(methods[slug], path) for slug in paper.methods if slug in methods),
        related=related_lines(paper, path, relatives, titles, methods),
        badges=tuple(_badges(paper, path, boards, results)),
    )


def _folded(items: tuple[Item, ...]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return the authors or tasks that stand below the title, and those that unfold; a few more are not hidden."""
    shown = _FIRST if len(items) > _MOST else len(items)
    return items[:shown], items[shown:]


def _summary(paper: Paper, boards: Iterable[Link]) -> str:
    """Say what the page holds, for a paper whose abstract is not known."""
    on = "; ".join(board.text for board in boards)
    about = "Published results and code" if paper.repositories else "Published results"
    return f"{about} of {paper.title}{f': {on}' if on else ''}."


def _boards(archive: Archive, paper: Paper, path: str, names: Names, titles: Mapping[str, str]) -> tuple[Link, ...]:
    claims = archive.claims(paper=paper.slug)
    keys = dict.fromkeys(BoardKey(claim.task, claim.dataset, names.apart.get(claim.dataset)) for claim in claims)
    return tuple(Link(titled_board(titles, key, names), relative(path, key.path)) for key in keys)


def _code(repository: Repository) -> CodeLink | None:
    href = safe_url(repository.url)
    if href is None:
        return None
    name = urlsplit(href).path.strip("/") or href
    return CodeLink(name, href, repository.is_official, repository.framework)


def _method(method: Method, path: str) -> MethodLine:
    return MethodLine(method.title, method.full_name, relative(path, method_path(method.slug)), method.description)
