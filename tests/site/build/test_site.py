"""Building a site: whole, the same each time, and never half."""

import errno
import filecmp
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pwc_bench.core.archive import Catalogue, MemoryArchive
from pwc_bench.core.errors import LeftOutWarning, PublishError, StoreError
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.observer import SilentObserver
from pwc_bench.site.build import folders, publish
from pwc_bench.site.build.folders import MARKER
from pwc_bench.site.build.rendering import make_environment, templates_folder
from pwc_bench.site.pages import page_kinds
from pwc_bench.site.pages.home import HomePages
from pwc_bench.site.pages.paper import PaperPages
from pwc_bench.site.parts.page import Page
from tests.example_archive import example_archive
from tests.factories import make_claim

EMPTY = MemoryArchive(Catalogue({}, {}, {}))


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its content."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


class Stages(SilentObserver):
    """Hears what begins."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def stage(self, text: str) -> None:
        """Remember it."""
        self.texts.append(text)


def test_two_builds_have_the_same_bytes(tmp_path: Path) -> None:
    """No clock, no order of chance."""
    first = publish(example_archive(), tmp_path / "a")
    second = publish(example_archive(), tmp_path / "b")
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")
    assert (first.pages, first.files, first.size_bytes) == (second.pages, second.files, second.size_bytes)


def test_an_empty_archive_gives_a_whole_site(tmp_path: Path) -> None:
    """Every kind of page that needs no data is there, and the observer heard of it."""
    heard = Stages()
    report = publish(EMPTY, tmp_path / "site", observer=heard)
    assert (tmp_path / "site" / "index.html").is_file()
    assert report.pages >= 1
    assert report.files == len(files_of(tmp_path / "site")) - 1  # the marker is no part of the site
    assert "site: home" in heard.texts


@pytest.mark.parametrize("value", ["1e400", "9" * 400, "1e99", "1e-99", "0", "-5"])
def test_no_claim_breaks_a_build(tmp_path: Path, value: str) -> None:
    """Whatever is stored already: numbers beyond all computing, and names that no file system holds."""
    known = example_archive()
    claims = [
        make_claim(model, metric.key, value, metric.display.unit)
        for metric in known.catalogue.metrics.values()
        for model in ("ConViT-S", "ConViT-B")
    ]
    long = [replace(c, paper="p" * 300, task="t" * 130, dataset="d" * 130, variant=None) for c in claims]
    paper = replace(known.all_papers[0], slug="p" * 300)
    publish(replace(known, all_claims=(*claims, *long), all_papers=(*known.all_papers, paper)), tmp_path / "site")


def test_nothing_stale_is_left(tmp_path: Path) -> None:
    """A second build replaces the whole folder, and leaves nothing beside it."""
    site = tmp_path / "site"
    publish(example_archive(), site)
    assert (site / "paper" / "convit" / "index.html").is_file()
    publish(EMPTY, site)
    assert not (site / "paper").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_a_page_that_fails_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in one page, or in what pages there are, takes not the others; the next build makes it again."""
    site = tmp_path / "site"
    pages, keys = PaperPages.pages, PaperPages.keys

    def broken(self: PaperPages, key: Paper) -> Iterator[Page]:
        page = next(pages(self, key))
        yield replace(page, path="paper/odd/index.html", context=object())  # its template finds nothing
        yield page
        raise ZeroDivisionError

    def ending(self: PaperPages) -> Iterator[Paper]:
        yield next(iter(keys(self)))
        raise RecursionError

    with monkeypatch.context() as patch:
        patch.setattr(PaperPages, "pages", broken)
        patch.setattr(PaperPages, "keys", ending)
        with pytest.warns(LeftOutWarning, match="left out of the site") as told:
            report = publish(example_archive(), site)
    assert [str(each.message).partition(": ")[0].partition(", ")[2] for each in told] == [
        "paper/odd/index.html",
        "paper/convit/index.html",
        "pages of the kind paper",
    ]
    odd, page, rest = report.left_out
    assert (odd.what, page.what, page.reason, rest.reason) == (
        "paper/odd/index.html",
        "paper/convit/index.html",
        "ZeroDivisionError",
        "RecursionError",
    )
    assert "in broken" in page.traceback
    assert "in ending" in rest.traceback
    assert odd.reason.startswith("UndefinedError: ")
    assert "paper/odd/index.html" not in files_of(site)
    assert {"index.html", "paper/convit/index.html", "model/convit-ti/index.html"} <= files_of(site).keys()
    assert publish(example_archive(), site).left_out == ()
    again = files_of(site)
    publish(example_archive(), tmp_path / "other")
    assert again == files_of(tmp_path / "other")


@pytest.mark.parametrize("path", ["../outside.html", "/etc/outside.html", MARKER])
def test_a_page_cannot_leave_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Its path is refused by name."""
    page = HomePages(EMPTY).page()
    monkeypatch.setattr(HomePages, "page", lambda self: Page("home", path, page.context))
    with pytest.raises(PublishError, match="outside the site"):
        publish(EMPTY, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_two_pages_cannot_share_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one would hide the first."""
    page = HomePages(EMPTY).page()
    monkeypatch.setattr(HomePages, "pages", lambda self, key: iter([page, page]))
    with pytest.raises(PublishError, match=r"two pages want the path 'index\.html'"):
        publish(EMPTY, tmp_path / "site")


def test_somebodys_files_are_never_replaced(tmp_path: Path) -> None:
    """A folder that is no site of ours is refused and stays as it is."""
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(PublishError, match="no pwc-bench site"):
        publish(EMPTY, tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """And says so."""
    (tmp_path / "site").write_text("a file")
    with pytest.raises(PublishError, match="is not a folder"):
        publish(EMPTY, tmp_path / "site")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """One line: what is wrong and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match=r"cannot write the site to .*--site") as caught:
        publish(EMPTY, tmp_path / "file" / "site")
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_named_and_the_old_site_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of the system becomes a sentence."""
    site = tmp_path / "site"
    publish(EMPTY, site)
    before = files_of(site)

    def full(draft: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folders, "_put_in_place", full)
    with pytest.raises(PublishError, match=r"disk of .* is full"):
        publish(example_archive(), site)
    assert files_of(site) == before


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (StoreError("the database is damaged"), StoreError),
        (OSError(errno.ENOSPC, "No space left on device"), PublishError),
        (MemoryError(), MemoryError),
    ],
)
def test_what_is_no_fault_of_a_page_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, raised: type[Exception]
) -> None:
    """Nothing hollow takes the old site's place."""
    site = tmp_path / "site"
    publish(EMPTY, site)
    before = files_of(site)

    def broken(self: HomePages) -> Page:
        raise error

    monkeypatch.setattr(HomePages, "page", broken)
    with pytest.raises(raised):
        publish(example_archive(), site)
    assert files_of(site) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_without_an_atomic_exchange_the_old_folder_steps_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On file systems that cannot swap two names."""
    site = tmp_path / "site"
    publish(example_archive(), site)
    monkeypatch.setattr(folders, "_exchange", lambda draft, target: False)
    publish(EMPTY, site)
    assert not (site / "paper").exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_what_a_killed_builder_left_is_removed(tmp_path: Path) -> None:
    """But never the draft of one that still works."""
    left = tmp_path / ".site.draft-abcdefgh"
    left.mkdir()
    (left / "index.html").write_text("half")
    publish(EMPTY, tmp_path / "site")
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_builds_at_the_same_time_all_succeed(tmp_path: Path) -> None:
    """The folder then holds one of them, whole."""
    failures: list[BaseException] = []

    def build() -> None:
        try:
            publish(EMPTY, tmp_path / "site")
        except PublishError as error:
            failures.append(error)

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    publish(EMPTY, tmp_path / "alone")
    assert failures == []
    assert files_of(tmp_path / "site") == files_of(tmp_path / "alone")


def test_a_link_to_the_folder_is_followed(tmp_path: Path) -> None:
    """The link stays a link; the folder behind it is replaced."""
    publish(EMPTY, tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    publish(example_archive(), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "paper" / "convit" / "index.html").is_file()


def test_canonical_links_need_to_know_where_the_site_stands(tmp_path: Path) -> None:
    """With a base address they are there, without one they are not."""
    publish(EMPTY, tmp_path / "with", base_url="https://bench.example/")
    publish(EMPTY, tmp_path / "without")
    assert '<link rel="canonical" href="https://bench.example/">' in (tmp_path / "with" / "index.html").read_text()
    assert "canonical" not in (tmp_path / "without" / "index.html").read_text()
    other = filecmp.cmp(tmp_path / "with/assets/style.css", tmp_path / "without/assets/style.css", shallow=False)
    assert other


def test_a_build_needs_no_heavy_package() -> None:
    """Neither torch nor pandas nor scipy nor SQLAlchemy is imported."""
    code = (
        "import sys, pathlib, tempfile; from pwc_bench.site.build import publish;"
        "from pwc_bench.core.archive import MemoryArchive; from pwc_bench.core.archive import Catalogue;"
        "publish(MemoryArchive(Catalogue({}, {}, {})), pathlib.Path(tempfile.mkdtemp()) / 'site');"
        "print([name for name in ('torch', 'timm', 'pandas', 'scipy', 'numpy', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_template_is_a_page_and_every_page_has_its_template() -> None:
    """The same stem, whichever way one looks."""
    environment = make_environment(templates_folder())
    templates = {
        name.removesuffix(".html")
        for name in environment.list_templates()
        if "/" not in name and name.endswith(".html")
    }
    assert templates - {"base"} == {kind.template for kind in page_kinds()}


def test_templates_that_are_missing_are_an_incomplete_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And said to be one."""
    monkeypatch.setattr("pwc_bench.site.build.rendering.PACKAGE", tmp_path / "x" / "pwc_bench")
    with pytest.raises(PublishError, match="install it again"):
        templates_folder()
