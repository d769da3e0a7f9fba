"""The order of a leaderboard's rows, and the band of ranks in which each may stand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from pwc_bench.core.metric import Better, Metric
from pwc_bench.core.ranking import direction_of, rank_bands, ranking_order
from pwc_bench.core.record import Record
from pwc_bench.core.setting import depends_on_machine
from pwc_bench.views.board_rows import BoardRow
from pwc_bench.views.current import Current
from pwc_bench.views.separation import Standing, Tests, claim_interval, images_of_share, told_apart


def in_rank_order(
    rows: Sequence[BoardRow],
    metric: Metric,
    current: Current,
    images: int | None,
    tests: Callable[[Metric, Sequence[Standing]], Tests],
) -> list[BoardRow]:
    """Order rows by their first column, which shows `metric`, and write each one's band of ranks.

    `images` is the size of the data set, None where nobody knows it; `tests` compares rows image by image.
    """
    by_title = sorted(rows, key=lambda row: row.title)
    # Speeds that were claimed are of other machines than ours, and seldom of one.
    is_ranked = not depends_on_machine(metric) or not any(row.cells[0].measured for row in rows)
    standings = [_standing(row, metric, current, images, may_be_claimed=is_ranked) for row in by_title]
    values = [standing.value for standing in standings]
    apart = partial(told_apart, standings, tests(metric, standings))
    bands = rank_bands(values, metric.better, apart)
    ranked = []
    for place in ranking_order(values, metric.better):
        band = bands[place]
        ranked.append(replace(by_title[place], position="" if band is None else band.text))
    return ranked


def order_sentences(metric: Metric, claims: int) -> str:
    """Say by what the rows are ordered and what a band of ranks means, on a board with so many claims."""
    if depends_on_machine(metric):
        return (
            f"Ordered by {metric.title} as measured in one setting, which its column names; what was measured in "
            "another one, or is claimed of other hardware, has no rank beside it. A rank such as 2\N{EN DASH}4 is a "
            "band: the best and the worst place that the data allow, where intervals that meet tell nothing apart."
        )
    chosen = (
        ": the measurement where it is complete and of published weights, otherwise the claim, "
        "otherwise what was measured"
    )
    claimed = "; a claimed accuracy gets the interval that what is printed and the number of images imply"
    return (
        f"Ordered by {metric.title}{chosen if claims else ''}. A rank such as 2\N{EN DASH}4 is a band: the best and "
        "the worst place that the data allow. Two models are told apart by an exact McNemar test on the same images "
        "where both left their answers (Holm over all pairs, 5 %), otherwise where their 95 % intervals do not "
        f"meet{claimed if claims else ''}."
    )


def can_rank(metric: Metric) -> bool:
    """Tell whether the direction is known: of a metric that is only published, its name may not tell."""
    return metric.version > 0 or direction_of(metric.key) is not None


def published_order(metric: Metric) -> str:
    """Say the same of a metric that is shown as claimed."""
    if not can_rank(metric):
        return (
            f"In the order of their source: neither a publication nor its name tells whether a higher or a lower "
            f"{metric.title} is better. It is shown as claimed; pwc-bench does not measure it."
        )
    is_ours = metric.version > 0
    why = (
        ". None of these models is measured here"
        if is_ours
        else ": the direction is read from its name. pwc-bench does not measure it"
    )
    return (
        f"Ordered by {metric.title} as claimed, the {'highest' if metric.better is Better.HIGHER else 'lowest'} first"
        f"{why}. Models share a band of ranks where what is printed, digits and any spread behind them, leaves open "
        "which is better."
    )


def _standing(row: BoardRow, metric: Metric, current: Current, images: int | None, *, may_be_claimed: bool) -> Standing:
    """Return what ranks a row: the measurement where it is complete, else the claim, else a partial measurement.

    A speed in another setting than the column's ranks nothing.
    """
    cell = row.cells[0]
    is_usual = cell.measured is not None and cell.measured.is_usual
    if is_usual and cell.measured and cell.measured.status is None:
        return _measured(row, current.record(row.variant, metric.key))
    if may_be_claimed and cell.claim and cell.claim.spread:
        interval = claim_interval(cell.claim.spread, images_of_share(metric, images))
        return Standing(float(cell.claim.number.sort), interval, None)
    if is_usual:
        return _measured(row, None)
    return Standing(None, None, None)


def _measured(row: BoardRow, record: Record | None) -> Standing:
    found = row.cells[0].measured
    if found is None:
        return Standing(None, None, None)
    return Standing(float(found.number.sort), found.spread, record)
