"""The site's front page."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.archive import Archive
from pwc_bench.core.page import Page
from pwc_bench.views.frame import SITE_LINE, Frame, make_frame

__all__ = ["pages"]

PATH = "index.html"


@dataclass(frozen=True, slots=True)
class HomeContext:
    """What `home.html` shows."""

    frame: Frame


def pages(archive: Archive) -> Iterator[Page]:
    """Yield the front page."""
    yield Page("home", PATH, HomeContext(make_frame(PATH, title="Home", description=SITE_LINE)))
