"""One process's share of a site's pages: made, rendered, written."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pwc_bench.pages
from pwc_bench.core.archive import Archive
from pwc_bench.core.observer import Observer
from pwc_bench.core.page import Page
from pwc_bench.core.parts import part_modules
from pwc_bench.core.share import Share
from pwc_bench.publishing.rendering import make_environment, render
from pwc_bench.publishing.writing import SiteWriter

__all__ = ["write_share"]


def write_share(
    archive: Archive, writer: SiteWriter, templates: Path, base_url: str | None, share: Share, observer: Observer
) -> None:
    """Write this process's pages with their files.

    A kind of which there are many pages divides them among the processes (`pages(archive, share)`); of the other kinds
    each is one process's business.
    """
    environment = make_environment(templates, base_url)
    whole = 0
    for module in part_modules(pwc_bench.pages):
        if "share" in inspect.signature(module.pages).parameters:
            found: Iterator[Page] = module.pages(archive, share)
        elif share.takes(whole := whole + 1):
            found = module.pages(archive)
        else:
            continue
        observer.stage(f"site: {_kind(module)}")
        for page in found:
            writer.write_page(page.path, render(environment, page))
            for path, content in page.files.items():
                writer.write(path, content)


def _kind(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2].replace("_", " ")
