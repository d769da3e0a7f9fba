"""A leaderboard: every model of which something is claimed or measured on one data set, claim beside measurement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pwc_bench.claims.current import current_records
from pwc_bench.claims.naming import BoardKey, Names
from pwc_bench.claims.ratios import SpeedRatios
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.metric import Metric
from pwc_bench.site.boards.columns import BoardColumn, FurtherColumn, board_columns, further_columns
from pwc_bench.site.boards.facets import Filter, board_filters
from pwc_bench.site.boards.ranking import (
    PairedTester,
    board_metrics,
    can_rank,
    in_rank_order,
    order_sentences,
    published_order,
    untested,
)
from pwc_bench.site.boards.rows import BoardRow, Entry, align_rows, make_row

_MOST_LABELLED = 100
"""Rows; every label that repeats a heading costs a browser time."""


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard, ready to show."""

    columns: tuple[BoardColumn, ...]
    rows: tuple[BoardRow, ...]
    """The models that compete, the best first."""
    further: tuple[BoardRow, ...]
    """What else is published under conditions of its own: parts of the training data, ablations."""
    order: str
    """By what the rows are ordered, as a sentence."""
    filters: tuple[Filter, ...]
    further_columns: tuple[FurtherColumn, ...]
    """What follows the metrics."""
    newest: str | None
    """The start of the newest record behind it, None where nothing was measured."""
    machines: tuple[str, ...]
    """What its filters offer where there are several machines, so that each number must say its own: words for
    implementation, device and precision, the usual ones first."""
    is_labelled: bool
    """Whether each cell repeats its heading, for phones, where a row becomes a card; long boards scroll instead."""


def make_board(
    archive: Archive,
    key: BoardKey,
    names: Names,
    papers: Mapping[str, Paper],
    path: str,
    pair: PairedTester = untested,
) -> Board:
    """Gather the leaderboard `key` for the page at `path`; `papers` are those that have a page, by slug.

    `pair` tests models image by image, for pages that show ranks: `views.separation.paired_tests`.
    """
    whole = current_records(archive, key.dataset)
    claims = tuple(claim for claim in archive.claims(dataset=key.dataset) if claim.task == key.task)
    known_metrics = archive.catalogue.metrics
    metrics = board_metrics(known_metrics, claims, {metric for _, metric in whole.found})
    measured = [variant for variant in whole.variants if whole.has_passed(variant)]
    entries = tuple(_entries(claims, measured, names))
    current = whole.among({entry.variant for entry in entries if entry.variant})
    ratios = SpeedRatios(archive)
    drafts = [make_row(entry, metrics, current, names, papers, path, ratios) for entry in entries]
    rivals = [row for row in drafts if row.is_rival]
    declared = archive.catalogue.datasets.get(key.dataset)
    images = None if declared is None else declared.expected_images
    known = (
        in_rank_order(rivals, metrics[0], current, images, partial(pair, archive))
        if metrics and can_rank(metrics[0])
        else rivals
    )
    rows = align_rows([*known, *(row for row in drafts if not row.is_rival)])
    columns = tuple(board_columns(metrics, known_metrics, rows[: len(known)], current.usage, images))
    filters = board_filters((facet for row in known for facet in row.facets), current.usage.machines)
    return Board(
        columns=columns,
        rows=rows[: len(known)],
        further=rows[len(known) :],
        order=_order(metrics, columns, len(claims)),
        filters=filters,
        further_columns=further_columns(columns),
        newest=current.newest,
        machines=tuple(machine.key for machine in current.usage.machines) if len(current.usage.machines) > 1 else (),
        is_labelled=len(known) <= _MOST_LABELLED,
    )


def _entries(claims: Sequence[Claim], measured: Sequence[str], names: Names) -> Iterator[Entry]:
    """Yield a row for every model of which something is claimed or that saw the data set's images."""
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for claim in claims:
        source = claim.source if claim.setting else ""
        model = (claim.paper, claim.model, claim.setting, source, str(claim.uses_additional_data))
        group: tuple[str, ...] = (claim.variant,) if claim.variant else ("", *model)
        groups.setdefault(group, []).append(claim)
    for variant in measured:
        groups.setdefault((variant,), [])
    order = {variant: place for place, variant in enumerate(names.catalogue.variants)}
    for group, found in sorted(groups.items(), key=lambda item: order.get(item[0][0], len(order))):
        yield Entry(group[0] or None, tuple(found))


def _order(metrics: Sequence[Metric], columns: Sequence[BoardColumn], claims: int) -> str:
    if not metrics:
        return ""
    return order_sentences(metrics[0], claims) if columns[0].is_ours else published_order(metrics[0])
