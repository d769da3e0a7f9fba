"""A page per method: what it is, where it comes from, which papers use it."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.claims.facts import Fact, optional_fact
from pwc_bench.claims.naming import task_titles
from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Method
from pwc_bench.core.links import method_path, paper_path, relative, safe_url
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import PaperLines, PaperList, shelve_papers
from pwc_bench.site.parts.page import WHOLE, Page, Share


@dataclass(frozen=True, slots=True)
class MethodPage:
    """What `method.html` sees."""

    frame: Frame
    title: str
    full_name: str | None
    description: str
    facts: tuple[Fact, ...]
    papers: PaperList


def pages(archive: Archive, share: Share = WHOLE) -> Iterator[Page]:
    """Yield a page for every method."""
    titles = task_titles(archive)
    lines = PaperLines(titles)
    shelves = shelve_papers(archive, lambda paper: paper.methods)
    introducing = {method.paper for method in archive.methods() if method.paper is not None}
    papers = {paper.slug: paper.title for paper in archive.papers() if paper.slug in introducing}
    for method in share.part(archive.methods()):
        path = method_path(method.slug)
        context = MethodPage(
            frame=make_frame(
                path,
                title=method.title,
                description=method.description,
                section="Methods",
                crumbs=(("Home", "index.html"), ("Methods", "methods/index.html"), (shorten(method.title, 60), None)),
            ),
            title=method.title,
            full_name=method.full_name if method.full_name != method.title else None,
            description=method.description,
            facts=_facts(method, None if method.paper is None else papers.get(method.paper), path),
            papers=lines.listed(shelves.get(method.slug), path),
        )
        yield Page("method", path, context)


def _facts(method: Method, paper_title: str | None, path: str) -> tuple[Fact, ...]:
    """Name where the method comes from: the paper's page where we hold it, and the source itself."""
    held = optional_fact(
        "Introduced in", paper_title, href=None if method.paper is None else relative(path, paper_path(method.paper))
    )
    source_text = method.source_title if not held else method.source_url
    source = optional_fact("Source", source_text or method.source_url, href=safe_url(method.source_url))
    year = optional_fact("Year", None if method.introduced_year is None else str(method.introduced_year))
    return (*held, *source, *year)
