"""What a campaign found out, beside what was claimed: the rows and notes of the closing table."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from pwc_bench.claims.facts import precision_flips
from pwc_bench.cli.text import ABSENT, plural, wrapped
from pwc_bench.core.archive import Catalogue
from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.selection import Usage, speaking_record, usage_of, uses_of
from pwc_bench.core.setting import Setting, depends_on_machine
from pwc_bench.core.text_forms import one_line

OTHER = "\N{DOUBLE DAGGER}"
"""Marks a speed in another setting than the column's; a note says which."""
INCOMPLETE = "*"
"""Marks a value of a record that is not complete; a note says why."""
CAUTION = "†"
"""Marks a value with caveats; a note holds them."""
_SHOWN = {"top1": "Top-1", "gflops": "GFLOPs", "parameters": "Params", "throughput": "Speed"}
"""The metrics of the table and their short headings."""


@dataclass(frozen=True, slots=True)
class Column:
    """One metric's two columns."""

    heading: str
    unit: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One variant's value of one metric, as text."""

    measured: str
    claimed: str


@dataclass(frozen=True, slots=True)
class Row:
    """One variant."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    """What one must know to read it: why something is absent, what a claim depends on."""


def close(
    records: Sequence[Record], claims: Sequence[Claim], catalogue: Catalogue, asked: Collection[str] = ()
) -> Closing:
    """Lay out `records` of one campaign, in their order, beside `claims`.

    The metrics that were `asked` for by name and are none of the table's stand below it, a line each.
    """
    metrics = _shown_metrics(records, catalogue)
    demos = {key for key, dataset in catalogue.datasets.items() if dataset.is_demo}
    by_variant: dict[str, list[Record]] = {}
    for record in records:
        by_variant.setdefault(record.variant, []).append(record)
    usages = [(metric, usage_of(uses_of(records, metric))) for metric in metrics]
    further = [metric for metric in catalogue.metrics.values() if metric.key in asked and metric.key not in _SHOWN]
    more = [(metric, usage_of(uses_of(records, metric))) for metric in further]
    rows: list[Row] = []
    used: list[tuple[Metric, Claim]] = []
    for found in by_variant.values():
        cells = []
        for metric, usage in usages:
            claim = _claim(claims, found, metric, catalogue, demos)
            used += [] if claim is None else [(metric, claim)]
            cells.append(Cell(_measured(found, metric, usage), _claimed(claim, metric)))
        rows.append(Row(_title(found[0], catalogue), tuple(cells)))
    return Closing(
        columns=tuple(_column(metric, records, demos) for metric in metrics),
        rows=tuple(rows),
        notes=(
            *_further_notes(by_variant.values(), more, catalogue),
            *_demo_note(records, catalogue, demos),
            *_status_notes(records, catalogue),
            *_caution_notes(by_variant.values(), [*usages, *more], catalogue),
            *_own_weights_note(records, catalogue),
            *_claim_notes(used),
            *_speed_notes(records, [*usages, *more], catalogue),
            *_flip_notes(records, catalogue),
        ),
    )


def _shown_metrics(records: Sequence[Record], catalogue: Catalogue) -> list[Metric]:
    """Return the metrics that were asked for: accuracy where there is a data set, the others where measured."""
    measured = {key for record in records for key in record.measurements}
    has_pass = any(record.dataset is not None for record in records)
    return [
        catalogue.metrics[key]
        for key in _SHOWN
        if key in catalogue.metrics
        and (key in measured or (catalogue.metrics[key].scope is Scope.DATASET and has_pass))
    ]


def _heading(metric: Metric) -> str:
    return _SHOWN.get(metric.key, metric.title)


def _further_notes(
    by_variant: Iterable[Sequence[Record]], usages: Sequence[tuple[Metric, Usage]], catalogue: Catalogue
) -> list[str]:
    """Write the metrics for which the table has no column."""
    variants = list(by_variant)
    notes = []
    for metric, usage in usages:
        values = (f"{_title(found[0], catalogue)} {_measured(found, metric, usage)}" for found in variants)
        unit = f" ({metric.display.unit})" if metric.display.unit else ""
        notes.append(f"{metric.title}{unit}: {', '.join(values)}")
    return notes


def _column(metric: Metric, records: Sequence[Record], demos: set[str]) -> Column:
    is_demo = metric.scope is Scope.DATASET and any(record.dataset in demos for record in records)
    return Column(f"Demo {_heading(metric).lower()}" if is_demo else _heading(metric), metric.display.unit)


def _measured(records: Sequence[Record], metric: Metric, usage: Usage) -> str:
    record = _holder(records, metric, usage)
    if record is None:
        return ABSENT
    found = record.measurements[metric.key]
    mark = ("" if record.status is Status.COMPLETE else INCOMPLETE) + (CAUTION if found.cautions else "")
    if depends_on_machine(metric) and Setting.of(record, metric) != usage.usual(metric.key):
        mark += OTHER
    text = metric.display.text(found.value)
    if metric.scope is Scope.DATASET and found.interval is not None:
        # The wider side of an interval that need not be symmetric.
        half_width = max(found.interval[1] - found.value, found.value - found.interval[0])
        text += f" ±{half_width * metric.display.scale:.1f}"
    return text + mark


def _holder(records: Sequence[Record], metric: Metric, usage: Usage) -> Record | None:
    if depends_on_machine(metric):
        return speaking_record(records, metric, usage)
    return next((record for record in records if metric.key in record.measurements), None)


def _claim(
    claims: Iterable[Claim], records: Sequence[Record], metric: Metric, catalogue: Catalogue, demos: set[str]
) -> Claim | None:
    """Return the claim that stands beside the measurement: that of the variant's own paper where there are several."""
    variant = records[0].variant
    matching = [claim for claim in claims if claim.variant == variant and claim.metric == metric.key]
    if metric.scope is Scope.DATASET:
        datasets = {record.dataset for record in records} - demos
        matching = [claim for claim in matching if claim.dataset in datasets]
    declared = catalogue.variants.get(variant)
    own = [claim for claim in matching if declared is not None and claim.paper == declared.paper]
    return next(iter(own or matching), None)


def _claimed(claim: Claim | None, metric: Metric) -> str:
    if claim is None:
        return ABSENT
    return claim.value if claim.unit == metric.display.unit else f"{claim.value} {claim.unit}"


def _title(record: Record, catalogue: Catalogue) -> str:
    declared = catalogue.variants.get(record.variant)
    return record.title or (record.variant if declared is None else declared.title)


def _demo_note(records: Sequence[Record], catalogue: Catalogue, demos: set[str]) -> list[str]:
    shown = sorted({record.dataset for record in records if record.dataset is not None} & demos)
    return [
        f"{catalogue.datasets[key].title}: its accuracy shows that the parts work together, and says nothing about "
        f"ImageNet, so no claim stands beside it (chance is {100 / len(catalogue.datasets[key].classes):.1f} %). "
        "Cost and speed are those of the real 1,000-class architectures."
        for key in shown
    ]


def _status_notes(records: Sequence[Record], catalogue: Catalogue) -> list[str]:
    """Say why a record is not complete, once for all variants that share the reason."""
    titles: dict[tuple[Status, str], list[str]] = {}
    for record in records:
        if record.status is not Status.COMPLETE:
            reason = record.status_reason or "no reason was given"
            named = titles.setdefault((record.status, reason), [])
            title = _title(record, catalogue)
            named += [] if title in named else [title]
    every = {record.variant for record in records}
    return [
        f"{INCOMPLETE} {'all variants' if len(named) == len(every) > 2 else ', '.join(named)}: {status}: {reason}"
        for (status, reason), named in titles.items()
    ]


def _caution_notes(
    by_variant: Iterable[Sequence[Record]], usages: Sequence[tuple[Metric, Usage]], catalogue: Catalogue
) -> list[str]:
    """Say what is to be known of the values that are marked, once for all variants that share it."""
    titles: dict[tuple[str, str], list[str]] = {}
    for records in by_variant:
        for metric, usage in usages:
            record = _holder(records, metric, usage)
            for caution in () if record is None else record.measurements[metric.key].cautions:
                titles.setdefault((_heading(metric), caution), []).append(_title(records[0], catalogue))
    return [f"{CAUTION} {heading} of {', '.join(named)}: {caution}" for (heading, caution), named in titles.items()]


def _own_weights_note(records: Iterable[Record], catalogue: Catalogue) -> list[str]:
    """Name the variants whose accuracy is that of a file of the user's own, which may be any model of that shape."""
    local = (r for r in records if r.dataset is not None and r.provenance.weights.status is WeightsStatus.LOCAL)
    named = dict.fromkeys(f"{_title(record, catalogue)} ({record.provenance.weights.uri})" for record in local)
    return [f"own weights, no published checkpoint: {', '.join(named)}"] if named else []


def _claim_notes(used: Sequence[tuple[Metric, Claim]]) -> list[str]:
    sources = dict.fromkeys(f"{claim.source} of {claim.paper}" for _, claim in used)
    conditions: Mapping[str, None] = dict.fromkeys(
        f"{_heading(metric).lower()} claimed: {claim.conditions}" for metric, claim in used if claim.conditions
    )
    named = list(sources)
    shown = ", ".join(named[:3]) + ("" if len(named) <= 3 else f" and {plural(len(named) - 3, 'other source')}")
    return [*([f"claims are as printed: {shown}"] if named else []), *conditions]


def _flip_notes(records: Iterable[Record], catalogue: Catalogue) -> list[str]:
    """Warn of predictions that a lower precision changed on the sample that was compared with fp32."""
    found = [(record, flips) for record in records if (flips := precision_flips(record)) is not None]
    if not found:
        return []
    precision = found[0][1].precision
    changed = [f"{_title(record, catalogue)} {flips.flips} of {flips.images}" for record, flips in found if flips.flips]
    if not changed:
        return [f"{precision}: on the sample that was compared, each top-1 is that of fp32"]
    return [f"warning: {precision} changed the top-1 of images of a sample: {', '.join(changed)}"]


def _speed_notes(
    records: Sequence[Record], usages: Sequence[tuple[Metric, Usage]], catalogue: Catalogue
) -> Iterator[str]:
    """Say in which setting the speeds were measured, and which ones in another: they do not compare."""
    for metric, usage in usages:
        usual = usage.usual(metric.key) if depends_on_machine(metric) else None
        if usual is None:
            continue
        name = _heading(metric).lower()
        yield f"{name} here: {usual.text}"
        timed = [record for record in records if metric.key in record.measurements]
        for setting in usage.settings[metric.key][1:]:
            made_so = [record for record in timed if Setting.of(record, metric) == setting]
            told = (f"{_title(r, catalogue)} {metric.display.text(r.measurements[metric.key].value)}" for r in made_so)
            unit = f" {metric.display.unit}".rstrip()
            numbers = f"{', '.join(dict.fromkeys(told))}{unit}"
            yield f"{OTHER} {name} in another setting, not to be compared: {setting.text_beside(usual)}: {numbers}"


WIDTH = 80
"""The columns that a terminal has when nobody knows better."""


def closing_text(closing: Closing) -> str:
    """Return the table and its notes in plain text, with a line end."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("Variant", overflow="fold", vertical="bottom", min_width=7)
    for column in closing.columns:
        unit = "" if column.unit == column.heading else column.unit
        table.add_column(f"{column.heading}\n{unit}" if unit else f"\n{column.heading}", justify="right", no_wrap=True)
        table.add_column("\nclaim", justify="right", no_wrap=True)
    for row in closing.rows:
        cells = (Text(text) for cell in row.cells for text in (cell.measured, cell.claimed))
        table.add_row(Text(one_line(row.title)), *cells)
    stream = StringIO()
    Console(file=stream, width=WIDTH, color_system=None, legacy_windows=False).print(table)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "\n".join([*lines, "", *(wrapped(note, width=WIDTH) for note in closing.notes)]).rstrip() + "\n"
