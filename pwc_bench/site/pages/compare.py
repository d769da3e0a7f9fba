"""Any two variants beside each other: chosen and computed in the browser, from what this page publishes."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pwc_bench.claims.naming import Names
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import Link, relative
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import OnePage, Page
from pwc_bench.site.parts.pairs import (
    GUESSES_FOLDER,
    GuessDesk,
    Guesses,
    Pair,
    guesses_script,
    index_script,
    labels_script,
    paper_pairs,
)

PATH = "compare/index.html"
_MOST_VARIANTS = 500
"""A list to choose from stays usable; the rest have their own pages."""


@dataclass(frozen=True, slots=True)
class PairCell:
    """Where a row and a column meet."""

    title: str
    """"ConViT-S against DeiT-S"."""
    href: str | None
    """None where there is no page, and on and below the diagonal."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """One variant's pages."""

    title: str
    cells: tuple[PairCell, ...]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What `compare.html` sees."""

    frame: Frame
    choices: tuple[Link, ...]
    """The variants: the title, and the key as it stands in the address."""
    columns: tuple[str, ...]
    """The titles of the variants that have pages."""
    rows: tuple[PairRow, ...]


class ComparePages(OnePage):
    """The one page, with the data behind it."""

    template = "compare"
    address = PATH

    def page(self) -> Page:
        """Make it."""
        archive = self.archive
        names, desk = Names.of(archive), GuessDesk(archive)
        keys = _keys(archive)
        pairs = tuple(paper_pairs(archive))
        guesses = {key: desk.of_variant(key) for key in keys}
        files = dict(_scripts(archive, guesses))
        files[f"{GUESSES_FOLDER}/index.js"] = index_script(archive, names, keys, guesses, pairs)
        titles = {key: names.variant(key, next(archive.records(variant=key), None)) for key in keys}
        columns = tuple(dict.fromkeys(chain.from_iterable((pair.first, pair.second) for pair in pairs)))
        context = ComparePage(
            frame=make_frame(
                PATH,
                title="Compare two models",
                description="Any two models: what is claimed and measured of each, a paired test on the same "
                "images, and the classes in which they differ.",
                crumbs=(("Home", "index.html"), ("Compare", None)),
            ),
            choices=tuple(Link(titles[key], key) for key in keys),
            columns=tuple(titles[key] for key in columns),
            rows=tuple(_row(key, columns, set(pairs), titles) for key in columns),
        )
        return Page(self.template, PATH, context, files)


KINDS = (ComparePages,)


def _keys(archive: Archive) -> tuple[str, ...]:
    found = dict.fromkeys(archive.catalogue.variants)
    found |= dict.fromkeys(record.variant for record in archive.records())
    return tuple(found)[:_MOST_VARIANTS]


def _scripts(archive: Archive, guesses: dict[str, tuple[Guesses, ...]]) -> Iterator[tuple[str, str]]:
    for found in chain.from_iterable(guesses.values()):
        yield guesses_script(found)
        yield labels_script(found, archive.catalogue.datasets.get(found.record.dataset or ""))


def _row(key: str, columns: tuple[str, ...], pairs: set[Pair], titles: dict[str, str]) -> PairRow:
    """Link each pair once, above the diagonal."""
    cells, place = [], columns.index(key)
    for column, other in enumerate(columns):
        pair = Pair(key, other) if Pair(key, other) in pairs else Pair(other, key)
        href = relative(PATH, pair.path) if pair in pairs and column > place else None
        cells.append(PairCell(f"{titles[pair.first]} against {titles[pair.second]}", href))
    return PairRow(titles[key], tuple(cells))
