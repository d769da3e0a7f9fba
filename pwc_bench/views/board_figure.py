"""A leaderboard's chart as pages insert it."""

from dataclasses import dataclass, replace

from pwc_bench.views.board_chart import BoardChart
from pwc_bench.views.scatter import draw_scatter
from pwc_bench.views.svg import Drawing

_MOST_NAMED = 60
"""Points that each say their numbers; of more, each leads to its row in the table of the same page, which does."""


@dataclass(frozen=True, slots=True)
class BoardFigure:
    """A chart with what stands below it."""

    drawing: Drawing
    caption: str
    has_ties: bool
    """Whether some model stands there both as claimed and as measured."""
    costs: str | None
    """What its bars are: "GFLOPs measured"; None where it has none."""
    flags: str | None
    """What its pale discs are: "demo", "partial, own weights"; None where it has none."""
    setting: str | None
    """The only setting whose numbers its line joins; None where the line joins all that it could."""
    is_frontier: bool
    """Whether its line joins the models that no other one beats."""


def board_figure(chart: BoardChart) -> BoardFigure:
    """Draw a chart whose points name themselves."""
    scatter = chart.scatter
    models = [{point.model for point in scatter.points if point.is_measured is measured} for measured in (True, False)]
    flags = dict.fromkeys(point.flag for point in scatter.points if point.flag)
    return BoardFigure(
        draw_scatter(scatter),
        scatter.title,
        has_ties=not models[0].isdisjoint(models[1]),
        costs=scatter.cost_title if scatter.costs else None,
        flags="; ".join(flags) or None,
        is_frontier=len(scatter.line) > 1 and not scatter.is_over_time,
        setting=chart.setting if len({point.setting for point in scatter.points}) > 1 else None,
    )


def brief_figure(chart: BoardChart) -> BoardFigure:
    """Draw a chart for the page that also holds the table: where there are many points, these lead to their rows."""
    if len(chart.scatter.points) <= _MOST_NAMED:
        return board_figure(chart)
    return board_figure(replace(chart, scatter=replace(chart.scatter, is_brief=True)))
