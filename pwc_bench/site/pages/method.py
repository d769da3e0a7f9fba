"""A page per method: what it is, where it comes from, which papers use it; and the list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pwc_bench.claims.facts import Fact, optional_fact
from pwc_bench.claims.naming import task_titles
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Method
from pwc_bench.core.links import Link, method_path, paper_path, relative, safe_url
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import PaperLines, PaperList, Slice, list_frame, shelve_papers, slices
from pwc_bench.site.parts.page import Page, PageKind


@dataclass(frozen=True, slots=True)
class MethodPage:
    """What `method.html` sees."""

    frame: Frame
    title: str
    full_name: str | None
    description: str
    facts: tuple[Fact, ...]
    papers: PaperList


@dataclass(frozen=True, slots=True)
class MethodCard:
    """One method of the list."""

    title: str
    href: str
    full_name: str | None
    """None where it is the title again."""
    year: str | None
    description: str


@dataclass(frozen=True, slots=True)
class MethodsPage:
    """What `methods.html` sees."""

    frame: Frame
    methods: tuple[MethodCard, ...]
    previous: Link | None
    following: Link | None


class MethodPages(PageKind[Method]):
    """A page for every method."""

    template = "method"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._lines = PaperLines(task_titles(archive))
        self._shelves = shelve_papers(archive, lambda paper: paper.methods)
        introducing = {method.paper for method in archive.methods() if method.paper is not None}
        self._papers = {paper.slug: paper.title for paper in archive.papers() if paper.slug in introducing}

    def keys(self) -> Iterable[Method]:
        """Stream the methods."""
        return self.archive.methods()

    def path(self, key: Method) -> str:
        """Return where a method's page goes."""
        return method_path(key.slug)

    def pages(self, key: Method) -> Iterator[Page]:
        """Make a method's page."""
        path = self.path(key)
        context = MethodPage(
            frame=make_frame(
                path,
                title=key.title,
                description=key.description,
                section="Methods",
                crumbs=(("Home", "index.html"), ("Methods", "methods/index.html"), (shorten(key.title, 60), None)),
            ),
            title=key.title,
            full_name=key.full_name if key.full_name != key.title else None,
            description=key.description,
            facts=_facts(key, None if key.paper is None else self._papers.get(key.paper), path),
            papers=self._lines.listed(self._shelves.get(key.slug), path),
        )
        yield Page(self.template, path, context)


class MethodListPages(PageKind[Slice[Method]]):
    """The list of all methods, in pages if it is long."""

    template = "methods"

    def keys(self) -> Iterable[Slice[Method]]:
        """Stream the parts of the list."""
        return slices(self.archive.methods(), "methods")

    def path(self, key: Slice[Method]) -> str:
        """Return where a part goes."""
        return key.path

    def pages(self, key: Slice[Method]) -> Iterator[Page]:
        """Make the page of a part."""
        frame = list_frame(key, "Methods", "The building blocks of the models on this site.")
        cards = tuple(_card(method, key.path) for method in key.items)
        yield Page(self.template, key.path, MethodsPage(frame, cards, key.previous, key.following))


KINDS = (MethodPages, MethodListPages)


def _card(method: Method, path: str) -> MethodCard:
    return MethodCard(
        title=method.title,
        href=relative(path, method_path(method.slug)),
        full_name=method.full_name if method.full_name != method.title else None,
        year=None if method.introduced_year is None else str(method.introduced_year),
        description=shorten(method.description, 220),
    )


def _facts(method: Method, paper_title: str | None, path: str) -> tuple[Fact, ...]:
    """Name where the method comes from: the paper's page where we hold it, and the source itself."""
    held = optional_fact(
        "Introduced in", paper_title, href=None if method.paper is None else relative(path, paper_path(method.paper))
    )
    source_text = method.source_title if not held else method.source_url
    source = optional_fact("Source", source_text or method.source_url, href=safe_url(method.source_url))
    year = optional_fact("Year", None if method.introduced_year is None else str(method.introduced_year))
    return (*held, *source, *year)
