"""A leaderboard: every model of which something is claimed or measured on one data set, claim beside measurement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.metric import Better, Metric
from pwc_bench.views.board_keys import BoardKey
from pwc_bench.views.board_ranking import in_rank_order, order_sentences
from pwc_bench.views.board_rows import BoardRow, Entry, align_rows, make_row
from pwc_bench.views.cells import depends_on_machine
from pwc_bench.views.current import Current, current_records
from pwc_bench.views.record_naming import Names
from pwc_bench.views.speed_ratios import SpeedRatios

__all__ = ["Board", "BoardColumn", "make_board"]

_FIRST_METRICS = ("top1", "top5", "gflops", "parameters", "throughput")
"""What a board shows, in this order; what else is claimed follows."""


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A metric's pair of columns."""

    metric: str
    title: str
    unit: str
    direction: str
    """"higher is better" or "lower is better"."""
    first: str
    """The direction in which a table is sorted first: "descending" puts the highest on top."""
    has_claims: bool
    span: str
    """How many columns of the table it takes."""
    claim_index: str
    measured_index: str
    """The places of its two columns in a row, for sorting."""
    claim_conditions: str | None
    """What all its claims depend on; None where that differs, and then stands with each of them."""
    measured_conditions: str | None
    """The same of its measurements."""


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard, ready to show."""

    columns: tuple[BoardColumn, ...]
    rows: tuple[BoardRow, ...]
    """The variants that we can measure, the best first."""
    further: tuple[BoardRow, ...]
    """What else is published: other training data, ablations, models that we do not declare."""
    order: str
    """By what the rows are ordered, as a sentence."""


def make_board(archive: Archive, key: BoardKey, names: Names, papers: Mapping[str, Paper], path: str) -> Board:
    """Gather the leaderboard `key` for the page at `path`; `papers` are those that have a page, by slug."""
    current = current_records(archive, key.dataset)
    claims = tuple(claim for claim in archive.claims(dataset=key.dataset) if claim.task == key.task)
    metrics = _metrics(archive, claims, current)
    measured = [variant for variant in current.variants if current.has_passed(variant)]
    entries = _entries(claims, measured, names)
    ratios = SpeedRatios(archive)
    drafts = [make_row(entry, metrics, current, names, papers, path, ratios) for entry in entries]
    declared = [row for row in drafts if row.variant is not None]
    known = in_rank_order(declared, metrics[0], current, archive, key.dataset) if metrics else declared
    further = [row for row in drafts if row.variant is None]
    rows = align_rows([*known, *further])
    columns = tuple(_columns(metrics, rows[: len(known)]))
    return Board(columns, rows[: len(known)], rows[len(known) :], order_sentences(metrics[0]) if metrics else "")


def _entries(claims: Sequence[Claim], measured: Sequence[str], names: Names) -> Iterator[Entry]:
    """Yield a row for every model of which something is claimed or that saw the data set's images."""
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for claim in claims:
        model = (claim.paper, claim.model, claim.conditions or "", claim.source)
        group: tuple[str, ...] = (claim.variant,) if claim.variant else ("", *model)
        groups.setdefault(group, []).append(claim)
    for variant in measured:
        groups.setdefault((variant,), [])
    order = {variant: place for place, variant in enumerate(names.catalogue.variants)}
    for group, found in sorted(groups.items(), key=lambda item: order.get(item[0][0], len(order))):
        yield Entry(group[0] or None, tuple(found))


def _metrics(archive: Archive, claims: Iterable[Claim], current: Current) -> tuple[Metric, ...]:
    seen = {claim.metric for claim in claims} | {metric for _, metric in current.chosen}
    claimed = dict.fromkeys(claim.metric for claim in claims)
    wanted = dict.fromkeys((*_FIRST_METRICS, *claimed))
    known = archive.catalogue.metrics
    return tuple(known[metric] for metric in wanted if metric in seen and metric in known)


def _columns(metrics: Sequence[Metric], rows: Sequence[BoardRow]) -> Iterator[BoardColumn]:
    index = 2  # after the position and the model
    for place, metric in enumerate(metrics):
        cells = [row.cells[place] for row in rows]
        has_claims = any(cell.claim for cell in cells)
        yield BoardColumn(
            metric=metric.key,
            title=metric.title,
            unit=metric.display.unit,
            direction=f"{metric.better} is better",
            first="descending" if metric.better is Better.HIGHER else "ascending",
            has_claims=has_claims,
            span="2" if has_claims else "1",
            claim_index=str(index),
            measured_index=str(index + has_claims),
            claim_conditions=_common([cell.claim.conditions for cell in cells if cell.claim]),
            measured_conditions=_common([cell.measured.setting for cell in cells if cell.measured])
            if depends_on_machine(metric)
            else None,
        )
        index += 1 + has_claims


def _common(texts: Sequence[str | None]) -> str | None:
    return texts[0] if len(set(texts)) == 1 else None
