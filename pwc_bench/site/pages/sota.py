"""All leaderboards, each with its best claim and its best measurement."""

from dataclasses import dataclass

from pwc_bench.claims.naming import Names, board_keys
from pwc_bench.site.boards.summary import BoardSummary, summarise_boards
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import OnePage, Page

PATH = "sota/index.html"


@dataclass(frozen=True, slots=True)
class SotaPage:
    """What `sota.html` sees."""

    frame: Frame
    boards: tuple[BoardSummary, ...]
    demo_boards: tuple[BoardSummary, ...]


class SotaPages(OnePage):
    """The one page."""

    template = "sota"
    address = PATH

    def page(self) -> Page:
        """Make it."""
        archive = self.archive
        boards = tuple(summarise_boards(archive, Names.of(archive), board_keys(archive), PATH))
        frame = make_frame(
            PATH,
            title="All leaderboards",
            description="Every leaderboard with the best that was claimed and the best that was measured.",
            section="SotA",
            crumbs=(("Home", "index.html"), ("SotA", None)),
        )
        context = SotaPage(
            frame,
            tuple(board for board in boards if not board.is_demo),
            tuple(board for board in boards if board.is_demo),
        )
        return Page(self.template, PATH, context)


KINDS = (SotaPages,)
