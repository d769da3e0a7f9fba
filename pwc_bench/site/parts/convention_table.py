"""Which convention of counting prints which claims of a table: computed from the stored measurements."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pwc_bench.claims.comparability import find_obstacle
from pwc_bench.claims.numbers import Number, measured_number, printed_number
from pwc_bench.claims.reproduction import Reading, prints, readings
from pwc_bench.core.claim import Claim
from pwc_bench.core.links import model_path, record_path, relative
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record


@dataclass(frozen=True, slots=True)
class ConventionCell:
    """One measurement under one convention."""

    number: Number
    prints: bool
    """Whether it rounds to the claim's digits."""


@dataclass(frozen=True, slots=True)
class ConventionLine:
    """One claim beside the measurement under every convention."""

    model: str
    model_href: str
    claimed: Number
    record_href: str
    cells: tuple[ConventionCell, ...]
    """One for each convention of the table, in its order."""


@dataclass(frozen=True, slots=True)
class ConventionTable:
    """The claims of one table about one metric."""

    title: str
    """"GFLOPs in Table 1"."""
    heads: tuple[str, ...]
    """The conventions, the metric's own first: "Total"."""
    lines: tuple[ConventionLine, ...]
    """In the order of the table."""
    tallies: tuple[str, ...]
    """How many claims each convention prints: "5 of 6"."""
    summary: str
    """One sentence with the same figures: "No one convention prints all 6 claims: ..."."""


@dataclass(frozen=True, slots=True)
class _Found:
    claim: Claim
    record: Record
    by_key: Mapping[str, Reading]


def convention_tables(
    claims: Sequence[Claim],
    metrics: Mapping[str, Metric],
    record_of: Callable[[Claim], Record | None],
    path: str,
    path_of: Callable[[str], str] = model_path,
) -> Iterator[ConventionTable]:
    """Yield a table for each source and metric of `claims` that several conventions count, for the page at `path`.

    `record_of` finds the record that answers a claim, `path_of` where the page of a variant lies. Claims without a
    measurement, or in another unit, are left out; a single claim makes no table.
    """
    groups: dict[tuple[str, str], list[_Found]] = {}
    for claim in claims:
        metric = metrics.get(claim.metric)
        if metric is None or metric.scope is not Scope.MODEL:
            continue
        found = _find(metric, claim, record_of(claim))
        if found is not None:
            groups.setdefault((claim.source, claim.metric), []).append(found)
    for (source, key), lines in groups.items():
        if len(lines) > 1:
            yield _table(source, metrics[key], lines, path, path_of)


def _find(metric: Metric, claim: Claim, record: Record | None) -> _Found | None:
    if record is None or find_obstacle(metric, claim, record) is not None:
        return None
    by_key = {reading.key: reading for reading in readings(record.measurements[metric.key])}
    return _Found(claim, record, by_key) if len(by_key) > 1 else None


def _table(
    source: str, metric: Metric, found: Sequence[_Found], path: str, path_of: Callable[[str], str]
) -> ConventionTable:
    # A model without attention products has no such reading: a convention stands where every line has it.
    keys = [key for key in found[0].by_key if all(key in line.by_key for line in found)]
    lines = tuple(_line(metric, line, keys, path, relative(path, path_of(line.claim.variant or ""))) for line in found)
    counts = [sum(line.cells[place].prints for line in lines) for place in range(len(keys))]
    titles = tuple(found[0].by_key[key].title for key in keys)
    return ConventionTable(
        title=f"{metric.title} in {source}",
        heads=titles,
        lines=lines,
        tallies=tuple(f"{count} of {len(lines)}" for count in counts),
        summary=_summary(titles, counts, len(lines)),
    )


def _line(metric: Metric, found: _Found, keys: Sequence[str], path: str, model_href: str) -> ConventionLine:
    values = [found.by_key[key].value for key in keys]
    return ConventionLine(
        model=found.claim.model,
        model_href=model_href,
        claimed=printed_number(found.claim),
        record_href=relative(path, record_path(found.record.id)),
        cells=tuple(
            ConventionCell(measured_number(metric, value), prints(found.claim, metric, value)) for value in values
        ),
    )


def _summary(titles: Sequence[str], counts: Sequence[int], claims: int) -> str:
    whole = [title for title, count in zip(titles, counts, strict=True) if count == claims]
    if whole:
        return f"All {claims} claims are printed by one convention: {_lower(whole[0])}."
    each = ", ".join(f"{_lower(title)} {count}" for title, count in zip(titles, counts, strict=True))
    return f"No one convention prints all {claims} claims: {each}."


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
