"""Images in the one fixed order, each name once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pwc_bench.core.dataset import ImageSource, Item
from pwc_bench.core.errors import SourceError
from pwc_bench.sources._files import file_bytes
from pwc_bench.sources._location import Location

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


class FileSource:
    """Reads files below `root` by their items' names."""

    def __init__(self, spec: str, root: Path, items: Iterable[Item]) -> None:
        self._spec = spec
        self._root = root
        self._items, _ = in_order(((item, None) for item in items), spec)

    @property
    def spec(self) -> str:
        """Say the form and the folder's name."""
        return self._spec

    @property
    def items(self) -> Sequence[Item]:
        """List the images by name: the path below the folder, with forward slashes."""
        return self._items

    def read(self, index: int) -> bytes:
        """Return the bytes of file `index`. Raises ImageError where it cannot be read."""
        name = self._items[index].name
        return file_bytes(self._root / name, name)

    def close(self) -> None:
        """Do nothing: no file stays open."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which images and labels are stored."""

    key: str
    """A short unique name: "tar"."""
    title: str
    """What people call it: "tar archive"."""
    recognises: Callable[[Location], bool]
    """Whether images at this place are in this form; cheap."""
    open: Callable[[Location], ImageSource]
    """Opens them. Raises SourceError where they are not as the form demands."""
    asked_last: bool = False
    """Whether forms with marks of their own are asked first, since nearly any folder resembles this one."""
