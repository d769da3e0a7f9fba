"""A leaderboard's chart as pages insert it: wide, and narrow for phones."""

from dataclasses import dataclass

from pwc_bench.views.board import Board
from pwc_bench.views.board_chart import board_scatter
from pwc_bench.views.scatter import draw_scatter
from pwc_bench.views.svg import Drawing

__all__ = ["BoardFigure", "board_figure"]

_NARROW_PX = (400, 400)
"""The drawing for phones: the same letters on less ground."""


@dataclass(frozen=True, slots=True)
class BoardFigure:
    """The same chart twice; the style sheet shows the one that fits."""

    wide: Drawing
    narrow: Drawing
    caption: str
    has_ties: bool
    """Whether some model stands there both as claimed and as measured."""
    flags: str | None
    """What its pale discs are: "demo", "partial, own weights"; None where it has none."""


def board_figure(board: Board, title: str) -> BoardFigure | None:
    """Draw the chart of `board`, None where there is nothing to draw."""
    scatter = board_scatter(board, title)
    if scatter is None:
        return None
    width_px, height_px = _NARROW_PX
    narrow = draw_scatter(scatter, width_px=width_px, height_px=height_px)
    models = [{point.model for point in scatter.points if point.is_measured is measured} for measured in (True, False)]
    flags = dict.fromkeys(point.flag for point in scatter.points if point.flag)
    return BoardFigure(
        draw_scatter(scatter),
        narrow,
        scatter.title,
        has_ties=not models[0].isdisjoint(models[1]),
        flags="; ".join(flags) or None,
    )
