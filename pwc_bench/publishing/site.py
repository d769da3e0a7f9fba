"""Archive -> site: every page module's pages, rendered into a folder that appears at once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import ModuleType

import pwc_bench.pages
from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import PublishError
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.core.page import Page
from pwc_bench.core.parts import part_modules
from pwc_bench.publishing.folders import MARKER, replaced_folder
from pwc_bench.publishing.rendering import asset_files, make_environment, render, templates_folder

__all__ = ["SiteReport", "publish"]


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What a build wrote."""

    folder: Path
    pages: int
    """How many pages were written."""
    files: int
    """How many files were written in all: pages, downloads, style sheets and scripts."""
    size_bytes: int
    """Their size together."""
    seconds: float
    """How long it took."""


def publish(
    archive: Archive, folder: Path, *, base_url: str | None = None, observer: Observer | None = None
) -> SiteReport:
    """Build the site of `archive` in `folder`, which then holds this build whole, or the one before.

    `base_url` is the address at which the site will stand: it is needed for canonical links only, every other link
    is relative. The same archive gives the same bytes. Raises PublishError where the folder cannot be replaced.
    """
    told = SilentObserver() if observer is None else observer
    start = time.perf_counter()
    templates = templates_folder()
    environment = make_environment(templates, base_url)
    with replaced_folder(folder) as draft:
        writer = _Writer(draft)
        for path, content in asset_files(templates):
            writer.write(path, content)
        for module in part_modules(pwc_bench.pages):
            told.stage(f"site: {module.__name__.rpartition('.')[2]}")
            for page in _pages_of(module, archive):
                writer.write(page.path, render(environment, page))
                writer.pages += 1
                for path, further in page.files.items():
                    writer.write(path, further)
    return SiteReport(folder, writer.pages, len(writer.written), writer.size_bytes, time.perf_counter() - start)


def _pages_of(module: ModuleType, archive: Archive) -> Iterator[Page]:
    found: Iterator[Page] = module.pages(archive)
    return found


class _Writer:
    """Writes files below a folder, each path once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = 0
        self.size_bytes = 0
        self.written: set[str] = set()
        self._folders: set[Path] = {folder}

    def write(self, path: str, content: str | bytes) -> None:
        """Write one file. Raises PublishError where its path leaves the site or is taken."""
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts or parts.name in {"", MARKER}:
            raise PublishError(f"a page wants the path {path!r}, which lies outside the site: change its name")
        if path in self.written:
            raise PublishError(f"two pages want the path {path!r}: rename one of them")
        data = content if isinstance(content, bytes) else content.encode()
        file = self.folder / parts
        if file.parent not in self._folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(file.parent)
        file.write_bytes(data)
        self.written.add(path)
        self.size_bytes += len(data)
