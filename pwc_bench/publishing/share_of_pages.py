"""One process's share of a site's pages: made, rendered, written."""

import inspect
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from jinja2 import Environment

import pwc_bench.pages
from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import PwcBenchError
from pwc_bench.core.observer import Observer
from pwc_bench.core.page import Page
from pwc_bench.core.parts import part_modules
from pwc_bench.core.share import Share
from pwc_bench.isolation import described
from pwc_bench.publishing.rendering import make_environment, render
from pwc_bench.publishing.writing import LeftOutPages, SiteWriter


def write_share(
    archive: Archive, writer: SiteWriter, templates: Path, base_url: str | None, share: Share, observer: Observer
) -> None:
    """Write this process's pages with their files.

    A kind of which there are many pages divides them among the processes (`pages(archive, share)`); of the other kinds
    each is one process's business. A page that fails is left out, and so are those of its kind after one that cannot
    even be begun: the others are made, and the writer knows what is missing.
    """
    environment = make_environment(templates, base_url)
    whole = 0
    for module in part_modules(pwc_bench.pages):
        is_shared = "share" in inspect.signature(module.pages).parameters
        if not is_shared and not share.takes(whole := whole + 1):
            continue
        observer.stage(f"site: {_kind(module)}")
        try:
            found: Iterator[Page] = module.pages(archive, share) if is_shared else module.pages(archive)
            for page in found:
                _write_page(environment, page, writer)
        except (PwcBenchError, OSError, MemoryError):  # no page's fault: the disk is full, the database is damaged
            raise
        except Exception as error:  # noqa: BLE001  (a fault of ours in one kind of page does not take the others)
            _leave_out(f"pages of the kind {_kind(module)}", error, writer)


def _write_page(environment: Environment, page: Page, writer: SiteWriter) -> None:
    try:
        html = render(environment, page)
    except Exception as error:  # noqa: BLE001
        _leave_out(page.path, error, writer)
        return
    writer.write_page(page.path, html)
    for path, content in page.files.items():
        writer.write(path, content)


def _leave_out(what: str, error: Exception, writer: SiteWriter) -> None:
    writer.written.left_out.append(LeftOutPages(what, described(error), "".join(traceback.format_exception(error))))


def _kind(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2].replace("_", " ")
