"""The front page: what this is, what was measured last, and where the notable benchmarks stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from pwc_bench.claims.naming import BoardKey, Names, board_keys, board_title
from pwc_bench.core.archive import Archive, Campaign
from pwc_bench.core.knowledge import Method
from pwc_bench.core.links import Link, method_path, paper_path, record_path, relative
from pwc_bench.core.record import Record
from pwc_bench.site.boards.board import make_board
from pwc_bench.site.boards.chart import BoardFigure, board_charts, board_figure
from pwc_bench.site.boards.summary import BoardSummary, summarise_boards
from pwc_bench.site.parts.frame import SITE_LINE, Frame, make_frame
from pwc_bench.site.parts.page import OnePage, Page

PATH = "index.html"
_MOST_CAMPAIGNS = 5
_MOST_BOARDS = 6
_MOST_RECORDS = 12
"""How many of a campaign's records are read; each model is then named once for what was measured of it."""


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """A campaign's records of one kind."""

    about: str
    """"Cost and speed", or the title of a data set."""
    records: tuple[Link, ...]
    """The newest of each variant, named after it."""


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One run and what it left behind."""

    name: str
    date: str
    moment: str
    """Its start, ISO 8601."""
    groups: tuple[RecordGroup, ...]
    """Its newest records, by what they are about."""
    more: str | None
    """How many further ones there are."""
    note: str | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class ModelGroup:
    """The variants of a family."""

    family: str
    """As people write it: "ConViT"."""
    href: str | None
    """The page of the method that the family is named after, None where none is described."""
    models: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class HomeContext:
    """What `home.html` shows."""

    frame: Frame
    first_board: Link | None
    newest_paper: Link | None
    figure: BoardFigure | None
    boards: tuple[BoardSummary, ...]
    campaigns: tuple[CampaignLine, ...]
    models: tuple[ModelGroup, ...]


class HomePages(OnePage):
    """The front page."""

    template = "home"
    address = PATH

    def page(self) -> Page:
        """Make it."""
        archive = self.archive
        names = Names.of(archive)
        keys = _notable(archive)
        paper = _newest_paper(archive)
        context = HomeContext(
            frame=make_frame(PATH, title="Claims and measurements", description=SITE_LINE),
            first_board=Link(board_title(archive, keys[0], names), relative(PATH, keys[0].path)) if keys else None,
            newest_paper=paper,
            figure=_figure(archive, keys[0], names) if keys else None,
            boards=tuple(summarise_boards(archive, names, keys, PATH)),
            campaigns=tuple(_campaign(archive, found, names) for found in islice(archive.campaigns(), _MOST_CAMPAIGNS)),
            models=_models(archive, names),
        )
        return Page(self.template, PATH, context)


KINDS = (HomePages,)


def _notable(archive: Archive) -> list[BoardKey]:
    """Return the leaderboards with most claims, those on which we measure first, and every demo after them."""
    keys = board_keys(archive)
    known = archive.catalogue.datasets
    demos = [key for key in keys if key.dataset in known and known[key.dataset].is_demo]
    notable = sorted((key for key in keys if key not in demos), key=lambda key: key.dataset not in known)
    return notable[:_MOST_BOARDS] + demos


def _newest_paper(archive: Archive) -> Link | None:
    """Return the newest paper that claims something: one with an abstract or with models of ours, before any other."""
    ours = {claim.paper for variant in archive.catalogue.variants for claim in archive.claims(variant=variant)}
    told = (paper for paper in archive.papers() if paper.abstract or paper.slug in ours)
    for paper in chain(told, archive.papers()):
        if next(archive.claims(paper=paper.slug), None) is not None:
            return Link(paper.title, relative(PATH, paper_path(paper.slug)))
    return None


def _figure(archive: Archive, key: BoardKey, names: Names) -> BoardFigure | None:
    board = make_board(archive, key, names, {}, PATH)
    charts = board_charts(board, board_title(archive, key, names))
    return board_figure(charts[0]) if charts else None


def _campaign(archive: Archive, campaign: Campaign, names: Names) -> CampaignLine:
    records = tuple(islice(archive.records(campaign=campaign.name), _MOST_RECORDS))
    groups = tuple(_groups(records, names))
    left = campaign.records - sum(len(group.records) for group in groups)
    return CampaignLine(
        name=campaign.name,
        date=campaign.started[:10],
        moment=campaign.started,
        groups=groups,
        more=f"{left:,}" if left > 0 else None,
        note=campaign.note,
        is_demo=any(names.is_demo(record) for record in records),
    )


def _groups(records: Iterable[Record], names: Names) -> Iterator[RecordGroup]:
    found: dict[str | None, dict[str, Link]] = {}
    for record in records:  # newest first
        link = Link(names.variant(record.variant, record), relative(PATH, record_path(record.id)))
        found.setdefault(record.dataset, {}).setdefault(record.variant, link)
    declared = {key: place for place, key in enumerate(names.catalogue.variants)}
    for dataset, links in found.items():
        order = sorted(links, key=lambda variant: declared.get(variant, len(declared)))
        title = "Cost and speed" if dataset is None else names.dataset(dataset)
        yield RecordGroup(title, tuple(links[variant] for variant in order))


def _models(archive: Archive, names: Names) -> tuple[ModelGroup, ...]:
    """Group the declared variants by family; models that only records know come last."""
    groups: dict[str, dict[str, Link]] = {}
    for key, variant in archive.catalogue.variants.items():
        groups.setdefault(variant.family, {})[key] = Link(variant.title, relative(PATH, names.model_path(key)))
    others: dict[str, Link] = {}
    for record in archive.records():
        if record.variant not in archive.catalogue.variants:
            title = names.variant(record.variant, record)
            others.setdefault(record.variant, Link(title, relative(PATH, names.model_path(record.variant))))
    methods = {method.slug: method for method in archive.methods()}
    found = [_group(family, links, methods.get(family)) for family, links in groups.items()]
    return (*found, *((_group("others", others, None),) if others else ()))


def _group(family: str, models: Mapping[str, Link], method: Method | None) -> ModelGroup:
    """Name a family by its method, which has the family's key as its slug: people write "ConViT", not "convit"."""
    if method is None:
        return ModelGroup(family, None, tuple(models.values()))
    return ModelGroup(method.title, relative(PATH, method_path(method.slug)), tuple(models.values()))
