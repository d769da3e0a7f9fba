"""A part of a source, spread evenly over it."""

from collections.abc import Sequence

from pwc_bench.core.dataset import ImageSource, Item
from pwc_bench.core.errors import UsageError


class SpreadSource:
    """Shows `limit` images of another source, evenly spread over its order."""

    def __init__(self, source: ImageSource, limit: int) -> None:
        count = len(source.items)
        self._source = source
        self._indices = tuple(index * count // limit for index in range(limit))
        self._items = tuple(source.items[index] for index in self._indices)

    @property
    def spec(self) -> str:
        """Say where the whole source lies."""
        return self._source.spec

    @property
    def items(self) -> Sequence[Item]:
        """List the chosen images in the source's order."""
        return self._items

    def read(self, index: int) -> bytes:
        """Return the encoded bytes of chosen image `index`. Raises ImageError where they cannot be read."""
        return self._source.read(self._indices[index])

    def close(self) -> None:
        """Close the whole source."""
        self._source.close()


def spread(source: ImageSource, limit: int) -> ImageSource:
    """Return `limit` images of `source`, spread evenly over it; the source itself where it holds no more.

    Closing the result closes the source. Raises UsageError where `limit` is below 1.
    """
    if limit < 1:
        raise UsageError(f"a limit of {limit} images leaves nothing to measure; give at least 1")
    return source if limit >= len(source.items) else SpreadSource(source, limit)
