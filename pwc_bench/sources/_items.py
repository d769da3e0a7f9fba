"""Images in the one fixed order, each name once."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from pwc_bench.core.dataset import Item
from pwc_bench.core.errors import SourceError

Place = TypeVar("Place")


def in_order(found: Iterable[tuple[Item, Place]], where: str) -> tuple[tuple[Item, ...], tuple[Place, ...]]:
    """Sort images by name; return them, and beside each where its bytes lie.

    Raises SourceError, beginning with `where`, where there is no image, a name stands twice, or a name could not be
    written down again.
    """
    ordered = sorted(found, key=lambda pair: pair[0].name)
    if not ordered:
        raise SourceError(f"{where}: holds no images")
    items = tuple(item for item, _ in ordered)
    for item, following in pairwise(items):
        if item.name == following.name:
            raise SourceError(f"{where}: the name {item.name!r} stands twice; each image needs a name of its own")
    for item in items:
        if not item.name.isprintable():  # lone surrogates are not printable either
            raise SourceError(f"{where}: the name {item.name!r} has characters that cannot be kept; rename the file")
    return items, tuple(place for _, place in ordered)
