"""Building again: only what changed is written, nothing where nothing changed, and never half a site."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pwc_bench.core.archive import Catalogue, MemoryArchive
from pwc_bench.core.errors import PublishError
from pwc_bench.site.build import publish
from pwc_bench.site.build.folders import MARKER, read_state, site_fingerprint
from pwc_bench.store import open_store
from tests.example_archive import example_archive, example_catalogue
from tests.factories import make_record
from tests.large_archive import large_knowledge
from tests.site.build.test_site import files_of

EMPTY = MemoryArchive(Catalogue({}, {}, {}))


def large_archive(papers: int) -> MemoryArchive:
    """Papers, methods, tasks and claims that no database holds."""
    known = large_knowledge(papers)
    return MemoryArchive(
        example_catalogue(), (), known.papers, known.tasks, known.datasets, known.methods, known.claims
    )


def inodes(folder: Path) -> dict[str, int]:
    """The file behind each path."""
    return {str(file.relative_to(folder)): file.stat().st_ino for file in folder.rglob("*") if file.is_file()}


def test_nothing_changed_nothing_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second build says the same of the site, and no page is made for it."""
    first = publish(example_archive(), tmp_path / "site")
    before = inodes(tmp_path / "site")
    monkeypatch.setattr("pwc_bench.site.build.site.write_share", None)
    second = publish(example_archive(), tmp_path / "site")
    assert (second.pages, second.files, second.size_bytes) == (first.pages, first.files, first.size_bytes)
    assert (first.changed, second.changed) == (first.files, 0)
    assert inodes(tmp_path / "site") == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    """A new record changes its own page and those that speak of it; every other file is the old one."""
    site = tmp_path / "site"
    publish(example_archive(), site)
    before, old = inodes(site), files_of(site)
    archive = example_archive()
    record = make_record("convit-ti", started="2026-02-01T12:00:00Z", campaign="another")
    report = publish(replace(archive, all_records=(*archive.all_records, record)), site)
    after, new = inodes(site), files_of(site)
    same = {path for path in old if new.get(path) == old[path]}
    assert all(after[path] == before[path] for path in same)
    assert {"assets/style.css", "method/gpsa/index.html"} <= same
    assert f"record/{record.id}/index.html" in after
    assert report.changed == len(new) - len(same) - 1  # the marker is no file of the site
    publish(replace(archive, all_records=(*archive.all_records, record)), tmp_path / "fresh")
    assert files_of(tmp_path / "fresh") == new


@pytest.mark.parametrize(
    "harm",
    [
        lambda site: (site / "index.html").write_text("edited"),
        lambda site: (site / "about" / "index.html").unlink(),
        lambda site: (site / "stray.html").write_text("left here"),
        lambda site: (site / MARKER).write_text("{}"),
    ],
)
def test_a_site_that_somebody_touched_is_built_again(tmp_path: Path, harm: object) -> None:
    """An edit, a missing file, a stray one, an older marker."""
    publish(example_archive(), tmp_path / "good")
    publish(example_archive(), tmp_path / "site")
    time.sleep(0.02)  # the clock of a file system ticks in milliseconds
    assert callable(harm)
    harm(tmp_path / "site")
    publish(example_archive(), tmp_path / "site")
    assert files_of(tmp_path / "site") == files_of(tmp_path / "good")


def test_an_edit_of_the_same_length_is_noticed(tmp_path: Path) -> None:
    """By its age: it is younger than the build."""
    site = tmp_path / "site"
    publish(EMPTY, site)
    assert read_state(site) is not None
    page = site / "index.html"
    time.sleep(0.02)
    page.write_bytes(page.read_bytes()[::-1])
    assert read_state(site) is None


def test_the_fingerprint_follows_everything_that_goes_in(tmp_path: Path) -> None:
    """Data, templates and the address; and it is the same for the same things."""
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "base.html").write_text("one")
    archive = example_archive()
    first = site_fingerprint(archive, templates, None)
    assert site_fingerprint(example_archive(), templates, None) == first
    others = {site_fingerprint(archive, templates, "https://x.org/"), site_fingerprint(EMPTY, templates, None)}
    others.add(site_fingerprint(replace(archive, all_claims=archive.all_claims[:-1]), templates, None))
    (templates / "base.html").write_text("two")
    others.add(site_fingerprint(archive, templates, None))
    assert len(others | {first}) == 5


def test_two_processes_write_the_same_bytes_as_one(tmp_path: Path) -> None:
    """From memory and from a database; also onto an old site."""
    archive = large_archive(60)
    publish(archive, tmp_path / "one", processes=1)
    two = publish(archive, tmp_path / "two", processes=2)
    assert files_of(tmp_path / "two") == files_of(tmp_path / "one")
    assert two.changed == two.files
    with open_store(str(tmp_path / "x.db")) as store:
        store.sync_knowledge(large_knowledge(60), origin="test")
        store.add(make_record())
        stored = store.archive(example_catalogue())
        third = publish(stored, tmp_path / "two", processes=3)
        publish(stored, tmp_path / "three", processes=1)
    assert files_of(tmp_path / "two") == files_of(tmp_path / "three")
    assert 0 < third.changed < third.files


def test_what_cannot_travel_is_built_by_one_process(tmp_path: Path) -> None:
    """A variant whose builder has no name."""
    archive = example_archive()
    first = next(iter(archive.catalogue.variants.values()))
    catalogue = replace(archive.catalogue, variants={first.key: replace(first, build=lambda classes: None)})
    report = publish(replace(archive, catalogue=catalogue), tmp_path / "site", processes=2)
    assert report.pages > 10


def test_a_mistake_in_another_process_is_raised_here(tmp_path: Path) -> None:
    """And the old site stands."""
    archive = large_archive(4)
    publish(EMPTY, tmp_path / "site")
    before = files_of(tmp_path / "site")
    twice = replace(archive, all_papers=(archive.all_papers[0], *archive.all_papers))
    with pytest.raises(PublishError, match="two pages want the path"):
        publish(twice, tmp_path / "site", processes=2)
    assert files_of(tmp_path / "site") == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_killed_build_leaves_the_old_site(tmp_path: Path, processes: int) -> None:
    """By SIGKILL, in the middle; the next build clears away what it left."""
    site = tmp_path / "site"
    publish(EMPTY, site)
    before = files_of(site)
    code = (
        "import sys; from pathlib import Path; from pwc_bench.site.build import publish;"
        "from tests.site.build.test_incremental import large_archive;"
        "publish(large_archive(3000), Path(sys.argv[1]), processes=int(sys.argv[2]))"
    )
    builder = subprocess.Popen([sys.executable, "-c", code, str(site), str(processes)])
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob(".site.draft-*/paper/*/index.html")):
        assert builder.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(builder.pid, signal.SIGKILL)
    builder.wait()
    assert files_of(site) == before
    assert len(list(tmp_path.glob(".site.draft-*"))) == 1
    publish(example_archive(), site)
    deadline = time.monotonic() + 60
    while [entry.name for entry in tmp_path.iterdir()] != ["site"]:  # its helper may write one page more
        assert time.monotonic() < deadline
        publish(EMPTY, site)
        time.sleep(0.05)
