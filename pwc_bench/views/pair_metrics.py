"""Two variants, metric by metric: what is claimed and measured of each, and how the second stands to the first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Better, Kind, Metric
from pwc_bench.core.record import Record
from pwc_bench.core.selection import Usage
from pwc_bench.core.setting import depends_on_machine
from pwc_bench.views.cells import ClaimCell, MeasuredCell, claim_cell, measured_cell
from pwc_bench.views.current import current_records
from pwc_bench.views.likeness import in_turn, likeness, obstacle
from pwc_bench.views.numbers import printed_number, signed_text


@dataclass(frozen=True, slots=True)
class PairRow:
    """One metric of both variants."""

    metric: str
    title: str
    unit: str
    better: str
    """"higher is better"."""
    first_claim: ClaimCell | None
    second_claim: ClaimCell | None
    claimed: str | None
    """Second against first as claimed: "+0.6" for shares, "0.82 times" for anything else; None without two alike."""
    first_measured: MeasuredCell | None
    second_measured: MeasuredCell | None
    is_exact: bool
    """Whether the machine and its settings are nothing to the measurement."""
    measured: str | None
    """Second against first as measured; None where the two must not be compared."""
    obstacle: str | None
    """Why not, where both were measured."""


class VariantFigures:
    """The claims and records of one variant on one data set (and of its architecture), read once."""

    def __init__(self, archive: Archive, variant: str, dataset: str, usage: Callable[[], Usage] | None = None) -> None:
        self.claims = tuple(archive.claims(variant=variant, dataset=dataset))
        self.records = tuple(in_turn(archive.records(variant=variant)))
        self.current = current_records(archive, dataset, variant=variant, usage=usage)
        self.variant = variant

    def of_metric(self, metric: Metric) -> tuple[Claim, ...]:
        """Return what is claimed of a metric."""
        return tuple(claim for claim in self.claims if claim.metric == metric.key)


def pair_rows(metrics: Iterable[Metric], first: VariantFigures, second: VariantFigures, path: str) -> Iterator[PairRow]:
    """Yield a row for each metric of which anything is known, for the page at `path`."""
    for metric in metrics:
        claims = _claims_alike(first.of_metric(metric), second.of_metric(metric))
        records = _records_alike(metric, first, second)
        if all(found is None for found in (*claims, *records)):
            continue
        why = None if records[0] is None or records[1] is None else obstacle(metric, records[0], records[1])
        yield PairRow(
            metric=metric.key,
            title=metric.title,
            unit=metric.display.unit,
            better="higher is better" if metric.better is Better.HIGHER else "lower is better",
            first_claim=None if claims[0] is None else claim_cell(claims[0], metric),
            second_claim=None if claims[1] is None else claim_cell(claims[1], metric),
            claimed=_claimed(metric, *claims),
            first_measured=None if records[0] is None else measured_cell(records[0], metric, path),
            second_measured=None if records[1] is None else measured_cell(records[1], metric, path),
            is_exact=metric.kind is Kind.EXACT,
            measured=None if why else _measured(metric, *records),
            obstacle=why,
        )


def _claims_alike(first: Sequence[Claim], second: Sequence[Claim]) -> tuple[Claim | None, Claim | None]:
    """Take two claims from one table where there are such, else the first of each."""
    for ours in first:
        for theirs in second:
            if (ours.paper, ours.source, ours.conditions, ours.unit) == (
                theirs.paper,
                theirs.source,
                theirs.conditions,
                theirs.unit,
            ):
                return ours, theirs
    return (first[0] if first else None), (second[0] if second else None)


def _records_alike(
    metric: Metric, first: VariantFigures, second: VariantFigures
) -> tuple[Record | None, Record | None]:
    """Take for a speed the newest two records that are alike where there are such, else what speaks for each."""
    ours, theirs = (side.current.record(side.variant, metric.key) for side in (first, second))
    if not depends_on_machine(metric) or ours is None or theirs is None or not obstacle(metric, ours, theirs):
        return ours, theirs
    others = {
        likeness(metric, record): record for record in reversed(second.records) if metric.key in record.measurements
    }
    for record in first.records:
        if metric.key in record.measurements and likeness(metric, record) in others:
            return record, others[likeness(metric, record)]
    return ours, theirs


def _claimed(metric: Metric, first: Claim | None, second: Claim | None) -> str | None:
    if first is None or second is None or first.unit != second.unit or first.conditions != second.conditions:
        return None
    if not printed_number(first).sort or not printed_number(second).sort:
        return None
    return _against(metric, first.number, second.number, max(first.decimals, second.decimals))


def _measured(metric: Metric, first: Record | None, second: Record | None) -> str | None:
    if first is None or second is None:
        return None
    scale = Decimal(repr(metric.display.scale))
    ours, theirs = (Decimal(repr(record.measurements[metric.key].value)) * scale for record in (first, second))
    return _against(metric, ours, theirs, metric.display.decimals)


def _against(metric: Metric, first: Decimal, second: Decimal, decimals: int) -> str | None:
    """Return a share's difference in points, and of anything else how many times as much the second one has."""
    if metric.unit == "%":
        return signed_text(second - first, decimals)
    return f"{second / first:.2f}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN}" if first else None
