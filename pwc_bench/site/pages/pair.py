"""A page for each two variants of one paper: figures side by side, the paired test, the classes that decide it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from pwc_bench.claims.current import site_usage
from pwc_bench.claims.naming import Names
from pwc_bench.core.archive import Archive
from pwc_bench.core.links import Link, record_path, relative
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.page import Page, PageKind
from pwc_bench.site.parts.pair import PairFlips, PairRow, VariantFigures, pair_flips, pair_rows
from pwc_bench.site.parts.pairs import GuessDesk, Guesses, Pair, paper_pairs

_REFERENCE = "imagenet-1k"


@dataclass(frozen=True, slots=True)
class PairTest:
    """The paired comparison on one data set."""

    dataset: str
    is_demo: bool
    first: Link
    """The records behind it."""
    second: Link
    flips: PairFlips


@dataclass(frozen=True, slots=True)
class PairPage:
    """What `pair.html` sees."""

    frame: Frame
    first: Link
    second: Link
    dataset: str
    """The title of the data set whose figures stand in the table."""
    rows: tuple[PairRow, ...]
    tests: tuple[PairTest, ...]
    absent: str
    """Why there is no paired test; "" where there is one."""
    picker: str
    """The page on which any two are chosen."""


class PairPages(PageKind[Pair]):
    """A page for each two variants of one paper."""

    template = "pair"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._names, self._desk = Names.of(archive), GuessDesk(archive)
        self._usage = cache(partial(site_usage, archive))
        self._figures: dict[str, VariantFigures] = {}
        self._guesses: dict[str, tuple[Guesses, ...]] = {}

    def keys(self) -> Iterable[Pair]:
        """Stream the pairs."""
        return paper_pairs(self.archive)

    def path(self, key: Pair) -> str:
        """Return where a pair's page goes."""
        return key.path

    def pages(self, key: Pair) -> Iterator[Page]:
        """Make a pair's page."""
        for variant in (key.first, key.second):
            if variant not in self._figures:
                self._figures[variant] = VariantFigures(self.archive, variant, _REFERENCE, self._usage)
                self._guesses[variant] = self._desk.of_variant(variant)
        context = _context(self.archive, self._names, key, self._figures, self._guesses)
        yield Page(self.template, key.path, context)


KINDS = (PairPages,)


def _context(
    archive: Archive,
    names: Names,
    pair: Pair,
    figures: dict[str, VariantFigures],
    guesses: dict[str, tuple[Guesses, ...]],
) -> PairPage:
    first, second = names.variant(pair.first), names.variant(pair.second)
    tests = tuple(_tests(archive, names, pair, guesses))
    metrics = archive.catalogue.metrics.values()
    return PairPage(
        frame=make_frame(
            pair.path,
            title=f"{first} against {second}",
            description=f"{first} against {second}: claims and measurements side by side, a paired test on the same "
            "images, and the classes in which they differ.",
            crumbs=(("Home", "index.html"), ("Compare", "compare/index.html"), (f"{first} against {second}", None)),
        ),
        first=Link(first, relative(pair.path, names.model_path(pair.first))),
        second=Link(second, relative(pair.path, names.model_path(pair.second))),
        dataset=names.dataset(_REFERENCE),
        rows=tuple(pair_rows(metrics, figures[pair.first], figures[pair.second], pair.path)),
        tests=tests,
        absent="" if tests else _absence(names, pair, guesses),
        picker=relative(pair.path, "compare/index.html"),
    )


def _tests(archive: Archive, names: Names, pair: Pair, guesses: dict[str, tuple[Guesses, ...]]) -> Iterator[PairTest]:
    others = {found.record.dataset: found for found in guesses[pair.second]}
    ordered = sorted(guesses[pair.first], key=lambda found: names.is_demo(found.record))
    for ours in ordered:
        theirs = others.get(ours.record.dataset)
        dataset = archive.catalogue.datasets.get(ours.record.dataset or "")
        flips = None if theirs is None else pair_flips(ours, theirs, dataset)
        if theirs is not None and flips is not None:
            records = tuple(Link(found.record.id[:8], _evidence(pair, found)) for found in (ours, theirs))
            title = names.dataset(ours.record.dataset or "")
            yield PairTest(title, names.is_demo(ours.record), records[0], records[1], flips)


def _evidence(pair: Pair, guesses: Guesses) -> str:
    return relative(pair.path, record_path(guesses.record.id))


def _absence(names: Names, pair: Pair, guesses: dict[str, tuple[Guesses, ...]]) -> str:
    lacking = [names.variant(key) for key in (pair.first, pair.second) if not guesses[key]]
    if lacking:
        return f"There are no per-image results of {' and of '.join(lacking)} yet."
    return "The two were not evaluated on the same images yet."
