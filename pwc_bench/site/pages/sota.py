"""All leaderboards, each with its best claim and its best measurement."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.claims.naming import Names, board_keys
from pwc_bench.core.archive import Archive
from pwc_bench.site.boards.summary import BoardSummary, summarise_boards
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import Page

PATH = "sota/index.html"


@dataclass(frozen=True, slots=True)
class SotaPage:
    """What `sota.html` sees."""

    frame: Frame
    boards: tuple[BoardSummary, ...]
    demo_boards: tuple[BoardSummary, ...]


def pages(archive: Archive) -> Iterator[Page]:
    """Yield the one page."""
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
    yield Page("sota", PATH, context)
