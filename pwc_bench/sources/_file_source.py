"""Images that are files of their own below one folder."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pwc_bench.core.dataset import Item
from pwc_bench.sources._items import in_order
from pwc_bench.sources._plain_files import file_bytes


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
