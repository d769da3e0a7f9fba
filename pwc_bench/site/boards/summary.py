"""A leaderboard in a few words: what was claimed at best, what was measured at best, how many models there are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pwc_bench.claims.comparability import is_of_own_weights, is_possible
from pwc_bench.claims.naming import BoardKey, Names, dataset_title, titled_board
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim, in_shown_unit
from pwc_bench.core.dataset import Dataset
from pwc_bench.core.links import relative, task_path
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.selection import speaking_record, usage_of, uses_of
from pwc_bench.core.setting import Setting, depends_on_machine
from pwc_bench.site.boards.ranking import board_metrics, can_rank
from pwc_bench.site.parts.cells import ClaimCell, MeasuredCell, claim_cell, measured_cell


@dataclass(frozen=True, slots=True)
class BestClaim:
    """The best published number."""

    model: str
    model_href: str | None
    cell: ClaimCell
    others: str = ""
    """"and 2 others": how many further models are claimed to reach the same number; "" where none is."""


@dataclass(frozen=True, slots=True)
class BestMeasurement:
    """The best number of ours."""

    model: str
    model_href: str
    cell: MeasuredCell
    others: str = ""
    """"and 2 others": how many further models, as well measured, reached the same number; "" where none did."""


@dataclass(frozen=True, slots=True)
class BoardSummary:
    """One leaderboard as an entry of a list."""

    title: str
    href: str
    task: str
    task_href: str
    dataset: str
    dataset_href: str
    is_demo: bool
    metric: str | None
    """The title of the metric in which the best is sought, None where nothing is claimed or measured."""
    unit: str
    best_claim: BestClaim | None
    no_claim: str
    """Why there is no best claim; "" where there is one."""
    best_measurement: BestMeasurement | None
    absent: str
    """Why there is no measurement; "" where there is one."""
    claims: str
    """How many claims it holds: "38"."""
    measured: str
    """How many models were measured on it: "3"."""


def summarise_boards(archive: Archive, names: Names, keys: Iterable[BoardKey], path: str) -> Iterator[BoardSummary]:
    """Yield a summary of each of the leaderboards `keys`, in their order, for the page at `path`."""
    task_titles = {entry.slug: entry.title for entry in archive.tasks()}
    for key in keys:
        yield _summary(archive, names, path, key, task_titles)


def _summary(archive: Archive, names: Names, path: str, key: BoardKey, task_titles: Mapping[str, str]) -> BoardSummary:
    claims = tuple(claim for claim in archive.claims(dataset=key.dataset) if claim.task == key.task)
    by_variant: dict[str, list[Record]] = {}
    declared = archive.catalogue.datasets.get(key.dataset)
    is_demo = declared is not None and declared.is_demo
    for record in archive.records(dataset=key.dataset):
        if is_demo or record.provenance.weights.status is not WeightsStatus.PROBE:
            by_variant.setdefault(record.variant, []).append(record)
    seen = {metric for records in by_variant.values() for record in records for metric in record.measurements}
    metric = next(iter(board_metrics(archive.catalogue.metrics, claims, seen)), None)
    found = None if metric is None else _best_measurement(names, by_variant, metric, path)
    best = None if metric is None else _best_claim(names, claims, metric, path)
    return BoardSummary(
        title=titled_board(task_titles, key, names),
        href=relative(path, key.path),
        task=task_titles.get(key.task, key.task.replace("-", " ").title()),
        task_href=relative(path, task_path(key.task)),
        dataset=dataset_title(names, key.dataset),
        dataset_href=relative(path, names.dataset_path(key.dataset)),
        is_demo=is_demo,
        metric=None if metric is None else metric.title,
        unit="" if metric is None else metric.display.unit,
        best_claim=best,
        no_claim="" if best else _no_claim(metric, claims),
        best_measurement=found,
        absent="" if found else _absent(declared),
        claims=f"{len(claims):,}",
        measured=f"{sum(_is_measured(records) for records in by_variant.values()):,}",
    )


def _best_claim(names: Names, claims: Iterable[Claim], metric: Metric, path: str) -> BestClaim | None:
    best: list[Claim] = []
    highest = 0.0
    for claim in claims:
        value = in_shown_unit(claim, metric) if claim.metric == metric.key and is_possible(metric, claim) else None
        if value is not None and (not best or metric.improves(float(value), highest)):
            best, highest = [claim], float(value)
        elif value is not None and float(value) == highest:
            best.append(claim)
    if not best or not can_rank(metric):
        return None
    first = best[0]
    variant = first.variant
    return BestClaim(
        model=first.model if variant is None else names.variant(variant),
        model_href=None if variant is None else relative(path, names.model_path(variant)),
        cell=claim_cell(first, metric),
        others=_others(len({claim.variant or claim.model for claim in best})),
    )


def _best_measurement(
    names: Names, by_variant: Mapping[str, Sequence[Record]], metric: Metric, path: str
) -> BestMeasurement | None:
    """Return the best of the records that speak for their variants; speeds are compared in one setting only.

    A complete one goes before a partial one, and one of published weights before one of the user's own.
    """
    usage = usage_of(uses_of(chain.from_iterable(by_variant.values()), metric))
    usual = usage.usual(metric.key)
    best: list[Record] = []
    most: tuple[bool, bool] = (False, False)
    for records in by_variant.values():
        record = speaking_record(records, metric, usage)
        if record is None or (depends_on_machine(metric) and Setting.of(record, metric) != usual):
            continue
        trust = (record.status is Status.COMPLETE, not is_of_own_weights(record))
        if not best or trust > most or (trust == most and _improves(metric, record, best[0])):
            best, most = [record], trust
        elif trust == most and record.measurements[metric.key].value == best[0].measurements[metric.key].value:
            best.append(record)
    if not best:
        return None
    first = best[0]
    return BestMeasurement(
        model=names.variant(first.variant, first),
        model_href=relative(path, names.model_path(first.variant)),
        cell=measured_cell(first, metric, path),
        others=_others(len(best)),
    )


def _improves(metric: Metric, new: Record, old: Record) -> bool:
    return metric.improves(new.measurements[metric.key].value, old.measurements[metric.key].value)


def _others(models: int) -> str:
    """Say how many of so many models that share a number are not named."""
    return "" if models == 1 else f"and {models - 1:,} {'other' if models == 2 else 'others'}"


def _no_claim(metric: Metric | None, claims: Sequence[Claim]) -> str:
    if metric is None or not any(claim.metric == metric.key for claim in claims):
        return "no claim"
    return "no best: its direction is not stated" if not can_rank(metric) else "no claim in its unit"


def _is_measured(records: Sequence[Record]) -> bool:
    return any(record.measurements and record.status is not Status.FAILED for record in records)


def _absent(declared: Dataset | None) -> str:
    return "not measured yet" if declared is not None else "not measured: pwc-bench cannot evaluate this data set yet"
