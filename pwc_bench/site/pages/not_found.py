"""The page for an address that leads nowhere. It may be served at any depth, so it needs nothing but itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.archive import Archive
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import Page

PATH = "404.html"


@dataclass(frozen=True, slots=True)
class NotFoundPage:
    """What `not_found.html` sees."""

    frame: Frame


def pages(archive: Archive) -> Iterator[Page]:  # noqa: ARG001
    """Yield the one page."""
    frame = make_frame(PATH, title="Page not found", description="There is no page at this address.")
    yield Page("not_found", PATH, NotFoundPage(frame))
