"""The rows of a leaderboard: one model each, its claims beside its measurements."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pwc_bench.claims.current import Current
from pwc_bench.claims.naming import Names
from pwc_bench.claims.ratios import SpeedRatios
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import Link, paper_path, record_path, relative, safe_url
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.record import Record
from pwc_bench.core.setting import Machine, Setting, depends_on_machine
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.boards.facets import Facet, Level, evidence_level, family_facet, row_facets
from pwc_bench.site.parts.cells import MeasuredCell, StatusBadge, record_badge
from pwc_bench.site.parts.comparison import Comparison, aligned_comparisons, compare_claim


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record behind a row."""

    text: str
    """"accuracy" or "cost and speed"; what it speaks for where there are several: "GFLOPs, throughput"."""
    href: str
    setting: str
    """"NVIDIA H200, fp32"."""
    status: StatusBadge | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One model."""

    position: str
    variant: str | None
    title: str
    href: str | None
    conditions: str | None
    """What sets it apart from the model of the same name: "trained on 5% of ImageNet-1k"."""
    source: Link | None
    """Who claims it: the paper's short title and the table, with the paper's page."""
    source_text: str
    year: str
    cells: tuple[Comparison, ...]
    """One for each column."""
    elsewhere: tuple[tuple[Comparison, ...], ...]
    """For each column what the choice of another machine brings up; nothing for exact counts."""
    machines: str
    """Every machine on which something was measured, as words: "nvidia-h200+bf16+fused nvidia-a100+fp16+reference"."""
    evidence: tuple[Evidence, ...]
    level: Level
    """How well the number that ranks it is founded."""
    extra_data: str
    """"yes" or "no" where a claim says whether it was trained on more than the data set, "not stated" where none does,
    "" where nothing is claimed."""
    code: Link | None
    """The paper's code, the authors' own where there is some."""
    facets: tuple[Facet, ...]
    """What it can be filtered by."""
    published: str
    """When the model was published (ISO 8601): by its own paper, else on the day of the claim's evaluation, else by the
    paper that claims. "" where none of them is known."""

    @property
    def is_rival(self) -> bool:
        """Tell whether it competes: a variant of ours, or a model that is published without conditions of its own."""
        return self.variant is not None or self.conditions is None

    @property
    def tokens(self) -> str:
        """Return its facets as words, "measured-1 family-convit"; `machines` holds those of its machines."""
        told = ("implementation", "hardware", "precision")
        return " ".join(f"{facet.name}-{facet.value}" for facet in self.facets if facet.name not in told)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row in the making."""

    variant: str | None
    """The key of one of our variants, None for a model that we only know from publications."""
    claims: tuple[Claim, ...]
    """In the order of their source."""


def make_row(
    entry: Entry,
    metrics: Sequence[Metric],
    current: Current,
    names: Names,
    papers: Mapping[str, Paper],
    path: str,
    ratios: SpeedRatios | None = None,
) -> BoardRow:
    """Set everything that is claimed of an entry beside what is measured, for the page at `path`.

    `ratios` compares speeds that were claimed on other hardware.
    """
    variant = None if entry.variant is None else names.catalogue.variants.get(entry.variant)
    own_paper = None if variant is None else variant.paper
    records = {metric.key: current.record(entry.variant, metric.key) for metric in metrics}
    elsewhere = {
        metric.key: {} if metric.kind is Kind.EXACT else dict(current.by_machine(entry.variant, metric))
        for metric in metrics
    }

    def compared(metric: Metric, record: Record | None) -> Comparison:
        claims = _preferred([claim for claim in entry.claims if claim.metric == metric.key], own_paper)
        answer = current.answer(claims[0]) if claims else None
        found = compare_claim(
            metric,
            claims,
            record,
            # Where the usual setting answers, each machine's number is judged by itself.
            answer=None if answer is records[metric.key] else answer,
            path=path,
            variant=variant,
            failure=current.failure(entry.variant, metric),
            ratios=ratios,
        )
        if record is None or found.measured is None:
            return found
        return replace(found, measured=_placed(found.measured, record, metric, current, elsewhere[metric.key]))

    cells = tuple(compared(metric, records[metric.key]) for metric in metrics)
    machines = tuple(dict.fromkeys(chain.from_iterable(current.machines(entry.variant, metric) for metric in metrics)))
    first = entry.claims[0] if entry.claims else None
    paper = papers.get((first.paper if first else own_paper) or "")
    day = (first and first.evaluated_on) or (paper.date if paper else "")
    code = None if paper is None else _code(paper)
    any_record = next((record for record in records.values() if record), None)
    return BoardRow(
        position="",
        variant=entry.variant,
        title=first.model if first and entry.variant is None else names.variant(entry.variant or "", any_record),
        href=None if entry.variant is None else relative(path, names.model_path(entry.variant)),
        conditions=(first.setting or None) if first and entry.variant is None else None,
        source=None if paper is None else Link(shorten(short_title(paper), 48), relative(path, paper_path(paper.slug))),
        source_text=first.source if first else "",
        year=day[:4],
        cells=cells,
        elsewhere=tuple(
            tuple(
                compared(metric, found) for found in elsewhere[metric.key].values() if found is not records[metric.key]
            )
            for metric in metrics
        ),
        machines=" ".join(machine.key for machine in machines),
        evidence=tuple(_evidence(metrics, records, path)),
        level=evidence_level(cells, paper),
        extra_data=_extra_data(entry.claims),
        code=code,
        facets=tuple(row_facets(family_facet(variant), cells, machines, day[:4], code)),
        published=own.date if (own := papers.get(own_paper or "")) else day,
    )


def _placed(
    cell: MeasuredCell, record: Record, metric: Metric, current: Current, by_machine: Mapping[Machine, Record]
) -> MeasuredCell:
    """Say which choice brings a number up, and whether it may stand beside the others of its column without one."""
    choice = next((machine.key for machine, found in by_machine.items() if found is record), None)
    usual = current.usage.usual(metric.key) if depends_on_machine(metric) else None
    if usual is None or Setting.of(record, metric) == usual:
        return replace(cell, machine_key=choice)
    setting = Setting.of(record, metric).text_beside(usual)
    return replace(cell, machine_key=choice, is_usual=False, setting=setting)


def _extra_data(claims: Sequence[Claim]) -> str:
    if not claims:
        return ""
    said = {claim.uses_additional_data for claim in claims}
    return "yes" if True in said else "no" if False in said else "not stated"


def _code(paper: Paper) -> Link | None:
    """Link a paper's code, the authors' own first; an address that is none of the web's is left out."""
    for repository in sorted(paper.repositories, key=lambda repository: not repository.is_official):
        address = safe_url(repository.url)
        if address is not None:
            return Link("official" if repository.is_official else "code", address)
    return None


def _preferred(claims: Sequence[Claim], paper: str | None) -> Sequence[Claim]:
    """Put the claims of the variant's own paper first."""
    return sorted(claims, key=lambda claim: paper is not None and claim.paper != paper)


def short_title(paper: Paper) -> str:
    """Return the name before a title's colon where it is a short one, else the whole title."""
    head, mark, _ = paper.title.partition(":")
    return head if mark and len(head) <= 24 else paper.title


def _evidence(metrics: Sequence[Metric], chosen: Mapping[str, Record | None], path: str) -> Iterator[Evidence]:
    records = {record.id: record for record in chosen.values() if record is not None}
    kinds = Counter(record.dataset is None for record in records.values())
    for record in records.values():
        spoken = [metric.title for metric in metrics if (found := chosen[metric.key]) and found.id == record.id]
        usual = "cost and speed" if record.dataset is None else "accuracy"
        yield Evidence(
            text=usual if kinds[record.dataset is None] == 1 else ", ".join(spoken),
            href=relative(path, record_path(record.id)),
            setting=Machine.of(record.environment).text,
            status=record_badge(record),
        )


def align_rows(rows: Sequence[BoardRow]) -> tuple[BoardRow, ...]:
    """Stand the decimal points of each column below each other."""
    columns = zip(*(row.cells for row in rows), strict=True)
    changed = [aligned_comparisons(column) for column in columns]
    return tuple(replace(row, cells=tuple(column[place] for column in changed)) for place, row in enumerate(rows))
