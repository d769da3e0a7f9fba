"""Work divided between processes: each takes every so-many-th of a stream, so that nobody must know its length."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

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
