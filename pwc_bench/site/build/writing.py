"""Files of a site in the making: each path once, and what the old site holds already is linked, not written."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pwc_bench.core.errors import PublishError
from pwc_bench.site.build.folders import MARKER


@dataclass(frozen=True, slots=True)
class LeftOutPages:
    """A page that could not be made, or all that were left to make of its kind."""

    what: str
    """Its path, or its kind: "paper/convit/index.html", "pages of the kind paper"."""
    reason: str
    """In one line."""
    traceback: str


@dataclass
class Written:
    """What was put into the draft."""

    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of each file, by its path relative to the site's root."""
    pages: list[str] = field(default_factory=list)
    """The paths that are pages."""
    changed: int = 0
    """How many files are new or other than in the old site."""
    left_out: list[LeftOutPages] = field(default_factory=list)
    """What could not be made, for a fault of ours that nobody foresaw."""

    def add(self, other: "Written") -> None:
        """Take in what another process wrote. Raises PublishError where both wrote the same path."""
        twice = min(self.sizes.keys() & other.sizes.keys(), default=None)
        if twice is not None:
            raise taken(twice)
        self.sizes.update(other.sizes)
        self.pages.extend(other.pages)
        self.changed += other.changed
        self.left_out.extend(other.left_out)


@dataclass
class SiteWriter:
    """Writes below `draft`; a file that `old` holds with the same bytes becomes a hard link to it."""

    draft: Path
    old: Path | None
    written: Written = field(default_factory=Written)

    def __post_init__(self) -> None:
        self._draft = os.fspath(self.draft)
        self._old = None if self.old is None else os.fspath(self.old)
        self._folders: set[str] = {""}

    def write_page(self, path: str, html: str) -> None:
        """Write a page."""
        self.write(path, html)
        self.written.pages.append(path)

    def write(self, path: str, content: str | bytes) -> None:
        """Write one file. Raises PublishError where its path leaves the site or is taken."""
        name = path.rpartition("/")[2]
        if path.startswith("/") or "/../" in f"/{path}" or name in {"", ".", MARKER}:
            raise PublishError(f"a page wants the path {path!r}, which lies outside the site: change its name")
        if path in self.written.sizes:
            raise taken(path)
        data = content if isinstance(content, bytes) else content.encode()
        self._make_folder(path.rpartition("/")[0])
        if self._old is None or not _link_if_same(f"{self._old}/{path}", f"{self._draft}/{path}", data):
            try:
                _write(f"{self._draft}/{path}", data)
            except FileExistsError:  # another process of this build came first
                raise taken(path) from None
            self.written.changed += 1
        self.written.sizes[path] = len(data)

    def _make_folder(self, folder: str) -> None:
        if folder in self._folders:
            return
        for part in _with_parents(folder):
            if part not in self._folders:
                with suppress(FileExistsError):  # another process of this build came first
                    os.mkdir(f"{self._draft}/{part}")  # noqa: PTH102  tens of thousands of them: Path costs more
                self._folders.add(part)


def taken(path: str) -> PublishError:
    """Return the complaint about a path that two pages want."""
    return PublishError(f"two pages want the path {path!r}: rename one of them")


def _with_parents(folder: str) -> Iterator[str]:
    place = folder.find("/")
    while place != -1:
        yield folder[:place]
        place = folder.find("/", place + 1)
    if folder:
        yield folder


def _link_if_same(old: str, new: str, data: bytes) -> bool:
    """Make `new` a link to the file `old` where that holds `data`; tell whether it did."""
    try:
        handle = os.open(old, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        if os.fstat(handle).st_size != len(data) or os.read(handle, len(data) + 1) != data:
            return False
    finally:
        os.close(handle)
    try:
        os.link(old, new)
    except OSError:  # a file system without hard links, or with too many of them
        return False
    return True


def _write(path: str, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
    finally:
        os.close(handle)
