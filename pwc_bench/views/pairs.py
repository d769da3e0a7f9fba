"""Which variants have a page that compares them: those that one paper claims something of, two by two."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pwc_bench.core.archive import Archive
from pwc_bench.core.links import pair_path

_MOST_VARIANTS = 24
"""A paper's first so many: 276 pages. Any other two are compared in the browser."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two variants, in the catalogue's order."""

    first: str
    second: str

    @property
    def path(self) -> str:
        """Return the path of their page."""
        return pair_path(self.first, self.second)


def paper_pairs(archive: Archive) -> Iterator[Pair]:
    """Yield each pair of declared variants whose figures stand in one publication, once."""
    order = {key: place for place, key in enumerate(archive.catalogue.variants)}
    by_paper: dict[str, set[str]] = {}
    for claim in archive.claims():
        if claim.variant in order:
            by_paper.setdefault(claim.paper, set()).add(claim.variant)
    met: set[Pair] = set()
    for variants in by_paper.values():
        for pair in combinations(sorted(variants, key=order.__getitem__)[:_MOST_VARIANTS], 2):
            met.add(Pair(*pair))
    yield from sorted(met, key=lambda pair: (order[pair.first], order[pair.second]))
