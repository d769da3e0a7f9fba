"""A leaderboard: every model of which something is claimed or measured on one data set, claim beside measurement."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import chain, count

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.metric import Better, Metric, Scope
from pwc_bench.core.slug import slugify
from pwc_bench.views.board_facets import Filter, board_filters
from pwc_bench.views.board_keys import BoardKey
from pwc_bench.views.board_metrics import board_metrics
from pwc_bench.views.board_ranking import can_rank, in_rank_order, order_sentences, published_order
from pwc_bench.views.board_rows import BoardRow, Entry, align_rows, make_row
from pwc_bench.views.cells import depends_on_machine
from pwc_bench.views.current import current_records
from pwc_bench.views.record_naming import Names
from pwc_bench.views.separation import PairedTester, untested
from pwc_bench.views.speed_ratios import SpeedRatios

__all__ = ["Board", "BoardColumn", "FurtherColumn", "make_board"]

_MOST_LABELLED = 100
"""Rows; every label that repeats a heading costs a browser time."""
_LONGEST_KEY = 60
"""Characters of a published metric's name in the addresses of charts, where two of them stand."""
_FURTHER = (
    ("evidence", "Evidence", "descending"),
    ("data", "Extra data", "descending"),
    ("paper", "Paper", "ascending"),
    ("code", "Code", "ascending"),
    ("year", "Year", "descending"),
)
"""(key, title, first direction) of what follows the metrics."""


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A metric's pair of columns."""

    key: str
    """Its name in addresses and files: the metric's key, in lower case without spaces; each column has its own."""
    metric: str
    """The metric's key."""
    is_ours: bool
    """Whether pwc-bench measures it: any other is shown as claimed, in a single column."""
    title: str
    unit: str
    direction: str
    """"higher is better" or "lower is better", "" where neither a publication nor the metric's name tells."""
    first: str
    """The direction in which a table is sorted first: "descending" puts the highest on top."""
    has_claims: bool
    is_cost: bool
    """Whether it may span orders of magnitude, as costs and speeds do, and scores between 0 and 100 do not."""
    is_of_machine: bool
    """Whether its numbers depend on the machine, as speeds do."""
    span: str
    """How many columns of the table it takes."""
    claim_index: str
    measured_index: str
    """The places of its two columns in a row, for sorting."""
    claim_conditions: str | None
    """What all its claims depend on; None where that differs, and then stands with each of them."""
    measured_conditions: str | None
    """The same of its measurements, also of those that a filter brings up."""
    claims_differ: bool
    """Whether its claims are speeds on several machines, or on some that nobody named: their order is no ranking."""
    measurements_differ: bool
    """Whether its measurements are speeds on several machines or in several precisions."""


@dataclass(frozen=True, slots=True)
class FurtherColumn:
    """A column behind the metrics."""

    key: str
    title: str
    index: str
    """Its place in a row, for sorting."""
    first: str
    """The direction in which a table is sorted first."""


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
    has_machines: bool
    """Whether its filters offer several machines or precisions, so that each number must say its own."""
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
    current = current_records(archive, key.dataset)
    claims = tuple(claim for claim in archive.claims(dataset=key.dataset) if claim.task == key.task)
    known_metrics = archive.catalogue.metrics
    metrics = board_metrics(known_metrics, claims, {metric for _, metric in current.chosen})
    measured = [variant for variant in current.variants if current.has_passed(variant)]
    entries = _entries(claims, measured, names)
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
    columns = tuple(_columns(metrics, known_metrics, rows[: len(known)]))
    filters = board_filters(facet for row in known for facet in row.facets)
    after = 2 + sum(int(column.span) for column in columns)
    return Board(
        columns=columns,
        rows=rows[: len(known)],
        further=rows[len(known) :],
        order=_order(metrics, known_metrics),
        filters=filters,
        further_columns=tuple(
            FurtherColumn(name, title, str(after + place), first) for place, (name, title, first) in enumerate(_FURTHER)
        ),
        newest=max((record.started for record in current.chosen.values()), default=None),
        has_machines=any(choice.name in ("precision", "hardware") for choice in filters),
        is_labelled=len(known) <= _MOST_LABELLED,
    )


def _entries(claims: Sequence[Claim], measured: Sequence[str], names: Names) -> Iterator[Entry]:
    """Yield a row for every model of which something is claimed or that saw the data set's images."""
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for claim in claims:
        model = (claim.paper, claim.model, claim.setting, claim.source if claim.setting else "")
        group: tuple[str, ...] = (claim.variant,) if claim.variant else ("", *model)
        groups.setdefault(group, []).append(claim)
    for variant in measured:
        groups.setdefault((variant,), [])
    order = {variant: place for place, variant in enumerate(names.catalogue.variants)}
    for group, found in sorted(groups.items(), key=lambda item: order.get(item[0][0], len(order))):
        yield Entry(group[0] or None, tuple(found))


def _order(metrics: Sequence[Metric], ours: Mapping[str, Metric]) -> str:
    if not metrics:
        return ""
    return order_sentences(metrics[0]) if metrics[0].key in ours else published_order(metrics[0])


def _columns(metrics: Sequence[Metric], ours: Mapping[str, Metric], rows: Sequence[BoardRow]) -> Iterator[BoardColumn]:
    index = 2  # after the position and the model
    keys = {metric.key for metric in metrics if metric.key in ours}
    for place, metric in enumerate(metrics):
        cells = [row.cells[place] for row in rows]
        claimed = [cell.claim.conditions for cell in cells if cell.claim]
        others = [cell for row in rows for cell in row.elsewhere[place]]
        measured = [cell.measured for cell in (*cells, *others) if cell.measured]
        is_ours, is_of_machine = metric.key in ours, depends_on_machine(metric)
        has_claims = not is_ours or any(cell.claim for cell in cells)
        key = metric.key if is_ours else _free(slugify(metric.key)[:_LONGEST_KEY].strip("-"), keys)
        keys.add(key)
        yield BoardColumn(
            key=key,
            metric=metric.key,
            is_ours=is_ours,
            title=metric.title,
            unit=metric.display.unit,
            direction=f"{metric.better} is better" if can_rank(metric) else "",
            first="descending" if metric.better is Better.HIGHER else "ascending",
            has_claims=has_claims,
            is_of_machine=is_of_machine,
            is_cost=metric.scope is Scope.MODEL or (can_rank(metric) and metric.better is Better.LOWER),
            span=str(has_claims + is_ours),
            claim_index=str(index),
            measured_index=str(index + has_claims),
            claim_conditions=_common(claimed),
            measured_conditions=_common([found.setting for found in measured]) if is_of_machine else None,
            claims_differ=is_of_machine and len(claimed) > 1 and (None in claimed or len(set(claimed)) > 1),
            measurements_differ=is_of_machine and len({found.machine for found in measured}) > 1,
        )
        index += has_claims + is_ours


def _free(name: str, taken: AbstractSet[str]) -> str:
    names = chain((name,), (f"{name}-{number}" for number in count(2)))
    return next(found for found in names if found not in taken)


def _common(texts: Sequence[str | None]) -> str | None:
    return texts[0] if len(set(texts)) == 1 else None
