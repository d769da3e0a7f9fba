"""What sets two models apart: metric by metric, and image by image."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pwc_bench.claims.current import current_records
from pwc_bench.claims.numbers import EN_DASH, printed_number, signed_text
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.dataset import Dataset
from pwc_bench.core.metric import Better, Kind, Metric
from pwc_bench.core.record import Record
from pwc_bench.core.selection import Usage
from pwc_bench.core.setting import depends_on_machine
from pwc_bench.site.parts.cells import ClaimCell, MeasuredCell, claim_cell, measured_cell
from pwc_bench.site.parts.pairs import Guesses, in_turn, likeness, obstacle


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


_MOST_CLASSES = 8
_MOST_IMAGES = 3
_SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True)
class ClassSplit:
    """One class: the images that only one of the two variants has right."""

    name: str
    identifier: str
    images: int
    only_first: int
    only_second: int
    examples: tuple[str, ...]
    """The names of a few of the images that decide it."""


@dataclass(frozen=True, slots=True)
class PairFlips:
    """The paired comparison of top-1 over n images. Numbers are written as text."""

    images: str
    both_right: str
    only_first: str
    only_second: str
    both_wrong: str
    same_guess: str
    """The share of images on which both make the same first guess."""
    difference: str
    """Second minus first, in percentage points, with its sign."""
    interval: str
    """Its 95 % interval, given the images on which they differ."""
    p_value: str
    """Of McNemar's exact test: "0.013", "< 0.0001"."""
    is_told_apart: bool
    for_first: tuple[ClassSplit, ...]
    """The classes in which the first variant gains most."""
    for_second: tuple[ClassSplit, ...]


def pair_flips(first: Guesses, second: Guesses, dataset: Dataset | None) -> PairFlips | None:
    """Compare two variants' guesses; None where they did not see the same images with the same labels.

    The interval is Wilson's of the share of discordant images that the second variant has right, taken to the
    difference: which images are discordant is given, as in McNemar's test.
    """
    import numpy as np  # a site without per-image results is built without it and scipy

    from pwc_bench.statistics import mcnemar_exact

    if first.images != second.images or not np.array_equal(first.labels, second.labels) or not first.images:
        return None
    ours, theirs = first.top1 == first.labels, second.top1 == second.labels
    only_first, only_second = ours & ~theirs, theirs & ~ours
    lost, gained, count = int(only_first.sum()), int(only_second.sum()), len(first.images)
    p_value = mcnemar_exact(lost, gained)
    classes = list(_classes(first, only_first, only_second, dataset))
    return PairFlips(
        images=f"{count:,}",
        both_right=f"{int((ours & theirs).sum()):,}",
        only_first=f"{lost:,}",
        only_second=f"{gained:,}",
        both_wrong=f"{int((~ours & ~theirs).sum()):,}",
        same_guess=f"{100 * float((first.top1 == second.top1).mean()):.1f}",
        difference=signed_text(100 * (gained - lost) / count, 2),
        interval=_interval(lost, gained, count),
        p_value="< 0.0001" if p_value < 0.0001 else f"{p_value:.2g}",
        is_told_apart=p_value < _SIGNIFICANCE,
        for_first=_strongest(classes, sign=-1),
        for_second=_strongest(classes, sign=1),
    )


def _interval(lost: int, gained: int, count: int) -> str:
    if lost + gained == 0:
        return "±0.00"
    from pwc_bench.statistics import wilson

    ends = (100 * (2 * end - 1) * (lost + gained) / count for end in wilson(gained, lost + gained))
    low, high = (signed_text(end, 2) for end in ends)
    return f"{low} {EN_DASH} {high}"


def _classes(guesses: Guesses, only_first: Any, only_second: Any, dataset: Dataset | None) -> Iterator[ClassSplit]:  # noqa: ANN401  (numpy arrays)
    import numpy as np

    for label in np.unique(guesses.labels[only_first | only_second]).tolist():
        is_own = guesses.labels == label
        lost, gained = np.flatnonzero(is_own & only_first), np.flatnonzero(is_own & only_second)
        deciding = lost if len(lost) > len(gained) else gained
        identifier = _at(() if dataset is None else dataset.classes, label)
        yield ClassSplit(
            name=_at(() if dataset is None else dataset.class_names, label),
            identifier=identifier,
            images=int(is_own.sum()),
            only_first=len(lost),
            only_second=len(gained),
            examples=tuple(guesses.images[place] for place in deciding[:_MOST_IMAGES].tolist()),
        )


def _at(names: tuple[str, ...], label: int) -> str:
    return names[label] if 0 <= label < len(names) else f"class {label}"


def _strongest(classes: list[ClassSplit], *, sign: int) -> tuple[ClassSplit, ...]:
    """Return the classes in which the second (sign 1) or the first variant (-1) is right more often, most first."""
    leaning = [split for split in classes if sign * (split.only_second - split.only_first) > 0]
    ordered = sorted(leaning, key=lambda split: (sign * (split.only_first - split.only_second), split.name))
    return tuple(ordered[:_MOST_CLASSES])
