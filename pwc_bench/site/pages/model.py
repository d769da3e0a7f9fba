"""A page per variant: what it is, what was claimed of it, what we measured, and every record."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import quote

from pwc_bench.claims.current import current_records, site_usage
from pwc_bench.claims.facts import Fact
from pwc_bench.claims.naming import Names
from pwc_bench.claims.ratios import SpeedRatios
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import Link, paper_path, record_path, relative
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.core.selection import Usage
from pwc_bench.core.text_forms import shorten
from pwc_bench.core.variant import Checkpoint, Variant
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.history_section import HistorySection, history_section
from pwc_bench.site.parts.measurements import OperatorSplit, operator_split
from pwc_bench.site.parts.page import Page, PageKind
from pwc_bench.site.parts.provenance import weights_address
from pwc_bench.site.parts.record_rows import DemoResult, RecordList, SpeedTable, demo_results, record_list, speed_table
from pwc_bench.site.parts.standing import StandingGroup, VariantStanding

_FACTS = {
    "heads": "Attention heads",
    "embed_dim": "Embedding dimension",
    "embed_dim_per_head": "Embedding dimension per head",
    "depth": "Blocks",
    "gpsa_layers": "Of which GPSA",
    "patch_size": "Patch size (px)",
    "mlp_ratio": "MLP ratio",
}
"""How the usual facts of an architecture are called; another fact stands under its own name."""


@dataclass(frozen=True, slots=True)
class CheckpointLine:
    """A place where public weights lie."""

    uri: str
    href: str | None
    licence: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class CostSection:
    """What one exact figure consists of."""

    title: str
    value: str
    """With its unit."""
    definition: str
    evidence: str
    """The record's page."""
    without_head: str | None
    """The same count without the classifier head, with its unit."""
    split: OperatorSplit | None
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelPage:
    """What `model.html` sees."""

    frame: Frame
    title: str
    key: str
    is_declared: bool
    """False for a variant that only records know."""
    paper: Link | None
    facts: tuple[Fact, ...]
    checkpoints: tuple[CheckpointLine, ...]
    weights_note: str | None
    standing: tuple[StandingGroup, ...]
    costs: tuple[CostSection, ...]
    speed: SpeedTable | None
    history: HistorySection | None
    """None where there is no record but demos."""
    records: RecordList
    demo_results: tuple[DemoResult, ...]
    demo: RecordList
    compare_href: str
    """Where it is set beside another model."""
    history_command: str
    """What lists its whole history."""
    run_command: str
    """What measures it."""


class ModelPages(PageKind[str]):
    """A page for every declared variant, then for every further one that has records or claims, by key."""

    template = "model"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names, self._titles = Names.of(archive), _paper_titles(archive)
        self._ratios, self._usage = SpeedRatios(archive), cache(partial(site_usage, archive))

    def keys(self) -> Iterable[str]:
        """Stream the variants' keys."""
        declared = self.archive.catalogue.variants
        return (*declared, *sorted(self.archive.variant_keys() - declared.keys()))

    def path(self, key: str) -> str:
        """Return where a variant's page goes."""
        return self._names.model_path(key)

    def pages(self, key: str) -> Iterator[Page]:
        """Make a variant's page."""
        path = self.path(key)
        context = _context(self.archive, self._names, self._titles, self._ratios, self._usage, key, path)
        yield Page(self.template, path, context)


KINDS = (ModelPages,)


def _paper_titles(archive: Archive) -> Mapping[str, str]:
    """Return the titles, by slug, of those papers that speak of a variant: an archive holds many more."""
    wanted = {variant.paper for variant in archive.catalogue.variants.values()}
    wanted |= {claim.paper for claim in archive.claims() if claim.variant is not None}
    return {paper.slug: paper.title for paper in archive.papers() if paper.slug in wanted}


def _context(
    archive: Archive,
    names: Names,
    titles: Mapping[str, str],
    ratios: SpeedRatios,
    usage: Callable[[], Usage],
    key: str,
    path: str,
) -> ModelPage:
    records = tuple(archive.records(variant=key))
    variant = archive.catalogue.variants.get(key)
    title = names.variant(key, records[0] if records else None)
    return ModelPage(
        frame=make_frame(
            path,
            title=title,
            description=f"{title}: what was claimed and what was measured; cost by operator, speed, weights.",
            crumbs=(("Home", "index.html"), ("Models", "index.html#models"), (shorten(title, 60), None)),
        ),
        title=title,
        key=key,
        is_declared=variant is not None,
        paper=None if variant is None else _paper(titles, variant, path),
        facts=_facts(key, variant),
        checkpoints=() if variant is None else tuple(_checkpoint(place) for place in variant.checkpoints),
        weights_note=None if variant is None else variant.weights_note,
        standing=tuple(VariantStanding(archive, names, titles, key, path, ratios, usage).groups()),
        costs=tuple(_costs(archive, key, path)),
        speed=speed_table(names, records, path),
        history=history_section(names, records, path),
        records=record_list(names, (record for record in records if not names.is_demo(record)), path),
        demo_results=demo_results(names, records, path),
        demo=record_list(names, (record for record in records if names.is_demo(record)), path),
        compare_href=f"{relative(path, 'compare/index.html')}?a={quote(key, safe='')}",
        history_command=f"pwc-bench show {key} --history",
        run_command=f"pwc-bench run --models {key}",
    )


def _paper(titles: Mapping[str, str], variant: Variant, path: str) -> Link | None:
    slug = variant.paper
    return Link(titles[slug], relative(path, paper_path(slug))) if slug is not None and slug in titles else None


def _facts(key: str, variant: Variant | None) -> tuple[Fact, ...]:
    if variant is None:
        return (Fact("Key", key, is_code=True),)
    architecture = tuple(
        Fact(_FACTS.get(name, name.replace("_", " ")), f"{value:,}" if isinstance(value, int) else f"{value}")
        for name, value in variant.architecture.items()
    )
    timm_name = () if variant.timm_name is None else (Fact("Name in timm", variant.timm_name, is_code=True),)
    return (*architecture, Fact("Input", variant.recipe.description), *timm_name, Fact("Key", key, is_code=True))


def _checkpoint(checkpoint: Checkpoint) -> CheckpointLine:
    return CheckpointLine(checkpoint.uri, weights_address(checkpoint.uri), checkpoint.licence, checkpoint.sha256)


def _costs(archive: Archive, key: str, path: str) -> Iterator[CostSection]:
    """Yield the figures of the architecture that have something to explain: a split, or a count without the head."""
    current = current_records(archive, None, variant=key)
    for metric in archive.catalogue.metrics.values():
        record = current.record(key, metric.key)
        if metric.scope is Scope.MODEL and record is not None:
            section = _cost(metric, record, path)
            if section.split is not None or section.without_head is not None:
                yield section


def _cost(metric: Metric, record: Record, path: str) -> CostSection:
    measurement = record.measurements[metric.key]
    without_head = measurement.details.get("without_head")
    return CostSection(
        title=metric.title,
        value=_exact(measurement.value, measurement.unit),
        definition=metric.definition,
        evidence=relative(path, record_path(record.id)),
        without_head=_exact(without_head, measurement.unit) if isinstance(without_head, int | float) else None,
        split=operator_split(measurement),
        caveats=measurement.caveats,
    )


def _exact(value: float, unit: str) -> str:
    text = f"{int(value):,}" if float(value).is_integer() else f"{value:,.3f}"
    return text if unit in {"", "count"} else f"{text} {unit}"
