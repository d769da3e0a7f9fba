"""The page for an address that leads nowhere. It may be served at any depth, so it needs nothing but itself."""

from dataclasses import dataclass

from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import OnePage, Page

PATH = "404.html"


@dataclass(frozen=True, slots=True)
class NotFoundPage:
    """What `not_found.html` sees."""

    frame: Frame


class NotFoundPages(OnePage):
    """The one page."""

    template = "not_found"
    address = PATH

    def page(self) -> Page:
        """Make it."""
        frame = make_frame(PATH, title="Page not found", description="There is no page at this address.")
        return Page(self.template, PATH, NotFoundPage(frame))


KINDS = (NotFoundPages,)
