"""The order of a leaderboard's rows, and the band of ranks in which each may stand."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pwc_bench.claims.current import Current
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Better, Column, Kind, Metric
from pwc_bench.core.ranking import Interval, direction_of, intervals_apart, published_metric, rank_bands, ranking_order
from pwc_bench.core.record import Record
from pwc_bench.core.setting import depends_on_machine
from pwc_bench.site.boards.rows import BoardRow

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Hits = npt.NDArray[np.bool_]
    """Of each image, whether a row has it right."""


def board_metrics(known: Mapping[str, Metric], claims: Sequence[Claim], measured: Iterable[str]) -> tuple[Metric, ...]:
    """Return the metrics of which something is claimed or `measured` (keys); the first one orders the board.

    `known` are ours, by key; any other is described by its name and by the unit that most claims print.
    """
    units: dict[str, Counter[str]] = {}
    for claim in claims:
        units.setdefault(claim.metric, Counter())[claim.unit] += 1
    seen = {*units, *measured}
    published = [metric for metric in units if metric not in known]
    own = [metric for metric in units if metric in known]
    results, costs = ([key for key in known if known[key].column is column] for column in (Column.RESULT, Column.COST))
    wanted = dict.fromkeys((*results, *published, *costs, *own))
    return tuple(
        known.get(metric) or published_metric(metric, units[metric].most_common(1)[0][0])
        for metric in wanted
        if metric in seen
    )


_SIGNIFICANCE = 0.05
"""Of all pairs of a leaderboard together, after Holm's correction; an interval's own level."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What ranks a row, in the metric's display unit."""

    value: float | None
    interval: Interval | None
    """Where the value may truly lie, by sampling and by rounding; None where there is no value, or nobody knows."""
    record: Record | None
    """The complete record behind it; None where a claim or less ranks it."""


Tests = Mapping[tuple[int, int], bool]
"""For pairs of rows (the lower place first) that could be tested image by image: whether the test tells them apart."""

PairedTester = Callable[[Archive, Metric, Sequence[Standing]], Tests]
"""Takes an archive, the metric that ranks and what ranks each row."""


def claim_interval(printed: Interval, images: int | None) -> Interval:
    """Return where a claim may lie: by what is `printed` and, of a share of `images` in per cent, by sampling."""
    low, high = printed
    if images is None or not 0 <= (low + high) / 2 <= 100:
        return low, high
    return _share(low, images)[0], _share(high, images)[1]


def images_of_share(metric: Metric, images: int | None) -> int | None:
    """Return of how many images a metric is a share in per cent, `images` being its data set's; None if it is none."""
    return images if metric.kind is Kind.PAIRED and metric.unit == "%" else None


def untested(archive: Archive, metric: Metric, standings: Sequence[Standing]) -> Tests:  # noqa: ARG001 - a PairedTester
    """Compare no two rows image by image: their intervals decide."""
    return {}


def told_apart(standings: Sequence[Standing], tests: Tests, first: int, second: int) -> bool:
    """Tell whether the data separate two rows: the paired test decides where there is one, else their intervals."""
    decided = tests.get((min(first, second), max(first, second)))
    if decided is not None:
        return decided
    one, other = standings[first].interval, standings[second].interval
    return one is not None and other is not None and intervals_apart(one, other)


def paired_tests(archive: Archive, metric: Metric, standings: Sequence[Standing]) -> Tests:
    """Run McNemar's exact test on every two rows that saw the same images, with Holm's correction over all pairs.

    Only for accuracies, which count images. Predictions are read once for each record, and not at all where fewer than
    two records saw the same images.
    """
    guesses = metric.guesses
    if metric.kind is not Kind.PAIRED or guesses is None:
        return {}
    pairs: dict[tuple[int, int], tuple[Hits, Hits]] = {}
    for places in _same_images(standings):
        hits = dict(_hits(archive, standings, places, guesses))
        for first, second in combinations(sorted(hits), 2):
            pairs[first, second] = hits[first], hits[second]
    return _significant(pairs) if pairs else {}


def _same_images(standings: Sequence[Standing]) -> Iterator[list[int]]:
    """Group the rows with predictions by the manifest of their images."""
    groups: dict[str, list[int]] = {}
    for place, standing in enumerate(standings):
        origin = None if standing.record is None else standing.record.provenance
        if origin is not None and origin.predictions is not None and origin.manifest_sha256 is not None:
            groups.setdefault(origin.manifest_sha256, []).append(place)
    return (places for places in groups.values() if len(places) > 1)


def _hits(
    archive: Archive, standings: Sequence[Standing], places: Sequence[int], guesses: int
) -> Iterator[tuple[int, "Hits"]]:
    """Yield for each row whose predictions can be read which images it has right: an array of n truth values.

    The manifest fixes names, labels and order; what holds other labels all the same is left out.
    """
    labels: Any = None
    for place in places:
        record = standings[place].record
        found = None if record is None else archive.predictions(record)
        if found is None:
            continue
        labels = found.labels if labels is None else labels
        if found.labels.shape == labels.shape and bool((found.labels == labels).all()):
            yield place, (found.top5[:, :guesses] == labels[:, None]).any(axis=1)


def _significant(pairs: Mapping[tuple[int, int], "tuple[Hits, Hits]"]) -> Tests:
    """Test each pair of rows, and correct for being so many."""
    from pwc_bench.statistics import holm, mcnemar_exact

    found = [mcnemar_exact(int((one & ~other).sum()), int((other & ~one).sum())) for one, other in pairs.values()]
    return {pair: p_value <= _SIGNIFICANCE for pair, p_value in zip(pairs, holm(found), strict=True)}


@lru_cache(maxsize=4096)
def _share(percent: float, images: int) -> Interval:
    """Return Wilson's interval, in per cent, of a share that was printed in per cent."""
    from pwc_bench.statistics import wilson

    low, high = wilson(min(images, max(0, round(percent / 100 * images))), images)
    return 100 * low, 100 * high


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
