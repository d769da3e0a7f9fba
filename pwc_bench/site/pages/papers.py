"""All papers, newest first, in pages where they are many."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.claims.naming import task_titles
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import Link
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import PaperLine, PaperLines, slices
from pwc_bench.site.parts.page import Page


@dataclass(frozen=True, slots=True)
class PapersPage:
    """What `papers.html` sees."""

    frame: Frame
    papers: tuple[PaperLine, ...]
    previous: Link | None
    following: Link | None


def pages(archive: Archive) -> Iterator[Page]:
    """Yield the list; it streams, so it never holds more than two pages of papers."""
    shown = PaperLines(task_titles(archive))
    for part in slices(archive.papers(), "papers"):
        frame = make_frame(
            part.path,
            title="Papers" if part.number == 1 else f"Papers, page {part.number}",
            description="Papers whose claims stand beside our measurements, newest first.",
            section="Papers",
            crumbs=(("Home", "index.html"), ("Papers", None)),
        )
        lines = tuple(shown.line(paper, part.path) for paper in part.items)
        yield Page("papers", part.path, PapersPage(frame, lines, part.previous, part.following))
