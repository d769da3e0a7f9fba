"""The order of a leaderboard's rows, and the band of ranks in which each may stand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from pwc_bench.core.metric import Better, Kind, Metric
from pwc_bench.core.published_metric import direction_of
from pwc_bench.core.ranking import Interval, rank_bands, ranking_order
from pwc_bench.core.record import Record
from pwc_bench.views.board_rows import BoardRow
from pwc_bench.views.cells import ClaimCell
from pwc_bench.views.current import Current
from pwc_bench.views.separation import Standing, Tests, told_apart

__all__ = ["can_rank", "in_rank_order", "order_sentences", "published_order"]


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
    standings = [_standing(row, metric, current, images) for row in by_title]
    values = [standing.value for standing in standings]
    apart = partial(told_apart, standings, tests(metric, standings))
    bands = rank_bands(values, metric.better, apart)
    ranked = []
    for place in ranking_order(values, metric.better):
        band = bands[place]
        ranked.append(replace(by_title[place], position="" if band is None else band.text))
    return ranked


def order_sentences(metric: Metric) -> str:
    """Say by what the rows are ordered and what a band of ranks means."""
    return (
        f"Ordered by {metric.title}: the measurement where it is complete and of published weights, otherwise the "
        "claim, otherwise what was measured. A rank such as 2\N{EN DASH}4 is a band: the best and the worst place that "
        "the data allow. Two models are told apart by an exact McNemar test on the same images where both left their "
        "answers (Holm over all pairs, 5 %), otherwise where their 95 % intervals do not meet; a claimed accuracy gets "
        "the interval that its printed digits and the number of images imply."
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
    return (
        f"Ordered by {metric.title} as claimed, the {'highest' if metric.better is Better.HIGHER else 'lowest'} first: "
        "the direction is read from its name. pwc-bench does not measure it. "
        "Models share a band of ranks where the printed digits leave open which is better."
    )


def _standing(row: BoardRow, metric: Metric, current: Current, images: int | None) -> Standing:
    """Return what ranks a row: the measurement where it is complete, else the claim, else a partial measurement."""
    cell = row.cells[0]
    if cell.measured and cell.measured.status is None:
        return _measured(row, current.record(row.variant, metric.key))
    if cell.claim and cell.claim.number.sort:
        return Standing(float(cell.claim.number.sort), _claim_interval(cell.claim, metric, images), None)
    if cell.measured:
        return _measured(row, None)
    return Standing(None, None, None)


def _measured(row: BoardRow, record: Record | None) -> Standing:
    found = row.cells[0].measured
    if found is None:
        return Standing(None, None, None)
    value = float(found.number.sort)
    bounds = (value, value) if found.bounds is None else (float(found.bounds[0]), float(found.bounds[1]))
    return Standing(value, bounds, record)


def _claim_interval(claim: ClaimCell, metric: Metric, images: int | None) -> Interval:
    """Return where a printed number may lie: by its rounding, and by the number of images that a share was taken of."""
    value, decimals = float(claim.number.sort), len(claim.number.sort.partition(".")[2])
    low, high = value - 0.5 * 10**-decimals, value + 0.5 * 10**-decimals
    is_share = metric.kind is Kind.PAIRED and metric.unit == "%"
    if not is_share or images is None or not 0 <= value <= 100:
        return low, high
    return _share(low, images)[0], _share(high, images)[1]


@lru_cache(maxsize=4096)
def _share(percent: float, images: int) -> Interval:
    """Return Wilson's interval, in per cent, of a share that was printed in per cent."""
    from pwc_bench.statistics import wilson

    low, high = wilson(min(images, max(0, round(percent / 100 * images))), images)
    return 100 * low, 100 * high
