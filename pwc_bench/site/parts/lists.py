"""Lists of papers, a page of them at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import Link, paper_path, relative, root_of, task_path
from pwc_bench.site.parts.frame import Frame, make_frame

MOST_PAPERS = 50
"""A page of a task, method or data set lists no more papers than this, the newest; the others are counted."""

_MOST_AUTHORS = 8
_MOST_KEPT = 20_000
"""So many lines are kept, some 500 bytes each."""


class PaperLine(NamedTuple):
    """One paper, as short as it can be said. A named tuple, which is made sooner than a dataclass."""

    title: str
    href: str
    date: str
    authors: str
    venue: str | None
    tasks: tuple[Link, ...]
    code: str | None
    """"official code", "code", or None where no repository is known."""


@dataclass(frozen=True, slots=True)
class PaperShelf:
    """The newest papers about something, and how many there are."""

    newest: tuple[Paper, ...]
    count: int


@dataclass(frozen=True, slots=True)
class PaperList:
    """A shelf, ready to show."""

    lines: tuple[PaperLine, ...]
    more: str | None
    """How many older ones are not listed: "1,204"."""


class PaperLines:
    """Makes lines; a task without a page of its own is left out.

    Addresses lead through the site's root, so that a paper's line is the same in all lists of one depth.
    """

    def __init__(self, task_titles: Mapping[str, str]) -> None:
        self._titles = task_titles
        self._made: dict[tuple[str, str], PaperLine] = {}

    def line(self, paper: Paper, path: str) -> PaperLine:
        """Show `paper` on the page at `path`."""
        root = root_of(path)
        key = (root, paper.slug)
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= _MOST_KEPT:
                self._made.clear()
            found = self._made[key] = self._make(paper, root)
        return found

    def listed(self, shelf: PaperShelf | None, path: str) -> PaperList:
        """Show a shelf on the page at `path`; None is an empty one."""
        if shelf is None:
            return PaperList((), None)
        more = shelf.count - len(shelf.newest)
        return PaperList(tuple(self.line(paper, path) for paper in shelf.newest), f"{more:,}" if more else None)

    def _make(self, paper: Paper, root: str) -> PaperLine:
        official = any(repository.is_official for repository in paper.repositories)
        titles = self._titles
        return PaperLine(
            title=paper.title,
            href=root + paper_path(paper.slug),
            date=paper.date,
            authors=_authors(paper.authors),
            venue=paper.venue,
            tasks=tuple(Link(titles[slug], root + task_path(slug)) for slug in paper.tasks if slug in titles),
            code=("official code" if official else "code") if paper.repositories else None,
        )


def shelve_papers(archive: Archive, topics: Callable[[Paper], Iterable[str]]) -> Mapping[str, PaperShelf]:
    """Sort the papers by `topics` (task slugs, method slugs or data set keys) in one pass, the newest first."""
    newest: dict[str, list[Paper]] = {}
    counts: dict[str, int] = {}
    for paper in archive.papers():  # newest first
        for topic in dict.fromkeys(topics(paper)):
            counts[topic] = counts.get(topic, 0) + 1
            shelf = newest.setdefault(topic, [])
            if len(shelf) < MOST_PAPERS:
                shelf.append(paper)
    return {topic: PaperShelf(tuple(papers), counts[topic]) for topic, papers in newest.items()}


def _authors(authors: tuple[str, ...]) -> str:
    if len(authors) <= _MOST_AUTHORS:
        return ", ".join(authors)
    return f"{', '.join(authors[:_MOST_AUTHORS])} and {len(authors) - _MOST_AUTHORS} others"


Item = TypeVar("Item")

PAGE_LENGTH = 200
"""Entries on one page of a list."""


@dataclass(frozen=True, slots=True)
class Slice(Generic[Item]):
    """One page of a list."""

    number: int
    """From 1."""
    path: str
    items: tuple[Item, ...]
    previous: Link | None
    following: Link | None


def list_path(section: str, number: int) -> str:
    """Return the path of a list's page: "papers/index.html", then "papers/page-2/index.html"."""
    return f"{section}/index.html" if number == 1 else f"{section}/page-{number}/index.html"


def slices(items: Iterable[Item], section: str, length: int = PAGE_LENGTH) -> Iterator[Slice[Item]]:
    """Cut a stream into pages of `length`; an empty one gives one empty page."""
    stream = iter(items)
    present, number = tuple(islice(stream, length)), 1
    while True:
        further = tuple(islice(stream, length))
        path = list_path(section, number)
        yield Slice(
            number=number,
            path=path,
            items=present,
            previous=_link(path, section, number - 1) if number > 1 else None,
            following=_link(path, section, number + 1) if further else None,
        )
        if not further:
            return
        present, number = further, number + 1


def _link(path: str, section: str, number: int) -> Link:
    return Link(f"Page {number}", relative(path, list_path(section, number)))


def list_frame(part: Slice[Item], title: str, description: str) -> Frame:
    """Return the frame of one page of a list."""
    return make_frame(
        part.path,
        title=title if part.number == 1 else f"{title}, page {part.number}",
        description=description,
        section=title,
        crumbs=(("Home", "index.html"), (title, None)),
    )
