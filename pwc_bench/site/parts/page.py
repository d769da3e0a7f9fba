"""A page before it is rendered, and how pages are divided between processes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it goes and what its template sees as `page`. Templates do no arithmetic."""

    key: str
    """The kind of page, which is also its template's stem: "leaderboard"."""
    path: str
    """Where it goes, relative to the site's root: "paper/convit/index.html"."""
    context: object
    """A frozen dataclass with everything that the template shows, numbers already written as text."""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    """Further files beside it by their path relative to the site's root: "sota/x/chart.svg"."""


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Share:
    """One process's part of the work. All of them see the same streams, in the same order."""

    index: int = 0
    """Which process this is, from 0."""
    of: int = 1
    """How many there are."""

    def part(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield this process's items."""
        return islice(items, self.index, None, self.of)

    def takes(self, place: int) -> bool:
        """Tell whether the item at `place` of a stream is this process's."""
        return place % self.of == self.index


WHOLE = Share()
"""The only process there is."""
