"""A leaderboard's columns: a pair for each metric, and what follows the metrics."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, count

from pwc_bench.core.metric import Better, Metric, Scope
from pwc_bench.core.selection import Usage
from pwc_bench.core.setting import depends_on_machine
from pwc_bench.core.text_forms import slugify
from pwc_bench.site.boards.ranking import can_rank, images_of_share
from pwc_bench.site.boards.rows import BoardRow

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
    """Whether pwc-bench measures it, of some model here: any other is shown as claimed, in a single column."""
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
    images: int | None
    """Of how many images its numbers are shares; None where they are none, or nobody knows."""
    span: str
    """How many columns of the table it takes."""
    claim_index: str
    measured_index: str
    """The places of its two columns in a row, for sorting."""
    claim_conditions: str | None
    """What all its claims depend on; None where that differs, and then stands with each of them."""
    measured_conditions: str | None
    """The setting of its measurements, of those that depend on one; any other says its own."""
    measured_settings: tuple[tuple[str, str], ...]
    """For each machine on which it was measured its word and the setting there, the usual one first."""
    claims_differ: bool
    """Whether its claims are speeds on several machines, or on some that nobody named: their order is no ranking."""


@dataclass(frozen=True, slots=True)
class FurtherColumn:
    """A column behind the metrics."""

    key: str
    title: str
    index: str
    """Its place in a row, for sorting."""
    first: str
    """The direction in which a table is sorted first."""


def board_columns(
    metrics: Sequence[Metric],
    ours: Mapping[str, Metric],
    rows: Sequence[BoardRow],
    usage: Usage,
    images: int | None = None,
) -> Iterator[BoardColumn]:
    """Yield the columns of `metrics` in the order in which the cells of `rows` stand; `ours` are those we measure.

    `usage` tells in which setting the speeds of each are compared; `images` is the size of the data set, None where
    nobody knows it.
    """
    index = 2  # after the position and the model
    keys = {metric.key for metric in metrics if metric.key in ours}
    for place, metric in enumerate(metrics):
        cells = [row.cells[place] for row in rows]
        claimed = [cell.claim.conditions for cell in cells if cell.claim]
        is_of_machine = depends_on_machine(metric)
        is_ours = metric.key in ours and any(row.variant or row.cells[place].measured for row in rows)
        setting = usage.usual(metric.key) if is_of_machine else None
        has_claims = not is_ours or any(cell.claim for cell in cells)
        key = metric.key if metric.key in ours else _free(slugify(metric.key)[:_LONGEST_KEY].strip("-"), keys)
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
            images=images_of_share(metric, images),
            span=str(has_claims + is_ours),
            claim_index=str(index),
            measured_index=str(index + has_claims),
            claim_conditions=_common(claimed),
            measured_conditions=setting.text if setting else None,
            measured_settings=tuple(_settings(metric, usage)) if is_of_machine else (),
            claims_differ=is_of_machine and len(claimed) > 1 and (None in claimed or len(set(claimed)) > 1),
        )
        index += has_claims + is_ours


def _settings(metric: Metric, usage: Usage) -> Iterator[tuple[str, str]]:
    for machine in usage.machines:
        setting = usage.usual(metric.key, machine)
        if setting is not None:
            yield machine.key, setting.text


def further_columns(columns: Sequence[BoardColumn]) -> tuple[FurtherColumn, ...]:
    """Return what follows `columns`."""
    after = 2 + sum(int(column.span) for column in columns)
    return tuple(
        FurtherColumn(key, title, str(after + place), first) for place, (key, title, first) in enumerate(_FURTHER)
    )


def _free(name: str, taken: AbstractSet[str]) -> str:
    names = chain((name,), (f"{name}-{number}" for number in count(2)))
    return next(found for found in names if found not in taken)


def _common(texts: Sequence[str | None]) -> str | None:
    return texts[0] if len(set(texts)) == 1 else None
