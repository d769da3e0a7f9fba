"""Several processes for one site: each a fresh interpreter that opens the archive by itself and takes its share.

No fork, since the caller may have threads and a GPU, and no multiprocessing, which would run the caller's script again.
"""

import os
import pickle
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment

from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import LeftOutWarning, PublishError, PwcBenchError
from pwc_bench.core.observer import Observer, SilentObserver
from pwc_bench.isolation import described
from pwc_bench.site.build.held import HeldArchive
from pwc_bench.site.build.rendering import make_environment, render
from pwc_bench.site.build.writing import LeftOutPages, SiteWriter, Written
from pwc_bench.site.pages import page_kinds
from pwc_bench.site.parts.page import Page

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Share:
    """One process's part of the work. All see the same streams in the same order, whose length nobody knows."""

    index: int = 0
    """Which process this is, from 0."""
    of: int = 1
    """How many there are."""

    def part(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield this process's items: every so-many-th."""
        return islice(items, self.index, None, self.of)


def write_share(
    archive: Archive, writer: SiteWriter, templates: Path, base_url: str | None, share: Share, observer: Observer
) -> None:
    """Write this process's pages of each kind, with their files.

    A page that fails is left out, and so are those of a kind that cannot even be begun: the others are made, and the
    writer knows what is missing.
    """
    environment = make_environment(templates, base_url)
    for kind in page_kinds():
        name = kind.template.replace("_", " ")
        observer.stage(f"site: {name}")
        with _left_out_if_it_fails(f"pages of the kind {name}", writer):
            made = kind(archive)
            for key in share.part(made.keys()):
                path = made.path(key)
                with _left_out_if_it_fails(path, writer):
                    for page in made.pages(key):
                        _write_page(environment, page, writer)


@contextmanager
def _left_out_if_it_fails(what: str, writer: SiteWriter) -> Iterator[None]:
    try:
        yield
    except (PwcBenchError, OSError, MemoryError):  # no page's fault: the disk is full, the database is damaged
        raise
    except Exception as error:  # noqa: BLE001  (a fault of ours in one page does not take the others)
        _leave_out(what, error, writer)


def _write_page(environment: Environment, page: Page, writer: SiteWriter) -> None:
    try:
        html = render(environment, page)
    except Exception as error:  # noqa: BLE001  (one of Jinja's is an OSError)
        _leave_out(page.path, error, writer)
        return
    writer.write_page(page.path, html)
    for path, content in page.files.items():
        writer.write(path, content)


def _leave_out(what: str, error: Exception, writer: SiteWriter) -> None:
    writer.written.left_out.append(LeftOutPages(what, described(error), "".join(traceback.format_exception(error))))


_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from pwc_bench.site.build.workers import work; work()"
)
_PAGES_PER_PROCESS = 1000
"""A process is worth its start, some 0.4 s, from about so many pages on."""
_MOST_PROCESSES = 8


@dataclass(frozen=True, slots=True)
class Order:
    """What a helper is told."""

    archive: Archive
    draft: Path
    old: Path | None
    templates: Path
    base_url: str | None
    share: Share
    parent: int
    """The process that waits for it: without that, nobody wants its work."""


@dataclass
class Helper:
    """A process that gets ready, and waits for its order."""

    process: "subprocess.Popen[bytes]"

    def send(self, message: object) -> None:
        """Tell it where modules lie, then its order: it reads nothing of the archive before."""
        if self.process.stdin is None:
            raise AssertionError
        with suppress(BrokenPipeError):  # it has ended: `result` will say so
            pickle.dump(message, self.process.stdin)
            self.process.stdin.flush()

    def result(self) -> Written:
        """Wait for it, and return what it wrote. Raises what it raised."""
        answer, _ = self.process.communicate()
        try:
            found = pickle.loads(answer)  # noqa: S301  written by a process of our own
        except (EOFError, pickle.UnpicklingError):
            code = self.process.returncode
            raise PublishError(f"a process of this build ended with code {code}: build again") from None
        if isinstance(found, BaseException):
            raise found
        written: Written = found
        return written


def usable_processes(archive: HeldArchive, asked: int | None) -> int:
    """Return how many processes to use: `asked`, or as many as the machine has and as are worth their start."""
    if asked is not None:
        return max(1, asked)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    most = min(cores, _MOST_PROCESSES)
    return max(1, archive.entities(most * _PAGES_PER_PROCESS) // _PAGES_PER_PROCESS)


@contextmanager
def helpers(count: int) -> Iterator[list[Helper]]:
    """Start `count` processes, and end those that still run when the block ends."""
    started: list[Helper] = []
    try:
        started.extend(_start() for _ in range(count))
        yield started
    finally:
        for helper in started:
            helper.process.kill()
            helper.process.communicate()


def _start() -> Helper:
    process = subprocess.Popen(  # noqa: S603  our own interpreter, our own code
        [sys.executable, "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    helper = Helper(process)
    helper.send(sys.path)
    return helper


def work() -> None:
    """Do what standard input says and answer on standard output: a `Written`, or the exception."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed meanwhile must not mix with the answer
    warnings.simplefilter("ignore", LeftOutWarning)  # told once, by the process that ordered the pages
    try:
        order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301  written by the process that started us
        writer = _WatchfulWriter(order.draft, order.old, parent=order.parent)
        archive = HeldArchive(order.archive)
        write_share(archive, writer, order.templates, order.base_url, order.share, SilentObserver())
        answer = pickle.dumps(writer.written)
    except BaseException as error:  # noqa: BLE001  the process that waits raises it
        answer = _pickled(error)
    with answers:
        answers.write(answer)


def _pickled(error: BaseException) -> bytes:
    try:
        found = pickle.dumps(error)
        pickle.loads(found)  # noqa: S301
    except Exception:  # noqa: BLE001  an exception whose arguments are not its fields
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return found


class _WatchfulWriter(SiteWriter):
    """Stops where the process that ordered the pages is gone."""

    def __init__(self, draft: Path, old: Path | None, *, parent: int) -> None:
        super().__init__(draft, old)
        self._parent = parent

    def write_page(self, path: str, html: str) -> None:
        """Write a page, unless nobody waits for it any more."""
        if os.getppid() != self._parent:
            raise SystemExit(1)
        super().write_page(path, html)
