"""The site: how many pages a second are built, beside Pelican; how soon a browser shows and sorts them."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Knowledge
from pwc_bench.core.measurement import Json
from pwc_bench.core.metric import Better
from pwc_bench.site.build import publish
from pwc_bench.site.build.site import SiteReport
from pwc_bench.store import open_store
from tests.benchmarks import pelican
from tests.benchmarks.bench import Bench
from tests.benchmarks.browser import in_a_browser
from tests.benchmarks.budget import rounds_within
from tests.benchmarks.comparison import Comparison, LeftOut, in_turns
from tests.example_archive import example_catalogue
from tests.large_archive import large_knowledge

__all__ = ["run"]

_PAPERS = 10_000
_PEER_PAGES = 2000
_MOST_ROUNDS = 3
_LIMIT_ROUNDS = 5
_IN_MEMORY = Path("/dev/shm")
_SPACE_BYTES = 1 << 30
_LIMITS = (
    ("{pages} pages of papers, tasks, data sets and methods on 2 processes{place}", "pages/s", 3000.0, Better.HIGHER),
    ("{pages} pages, leaderboards and search among them, on 2 processes", "s", 15.0, Better.LOWER),
    ("{pages} pages, nothing changed", "s", 1.0, Better.LOWER),
)
"""What the builder must reach with 10,000 papers."""


def run(bench: Bench) -> Iterator[Comparison | LeftOut]:
    """Build a site of 10,000 papers, or as many as time allows; open it, and a board of 1,000 models, in Chromium."""
    papers = max(40, min(_PAPERS, int(200 * bench.seconds)))
    bench.say(f"building the site of {papers:,} made-up papers")
    known = large_knowledge(papers)
    database = bench.scratch / "site.db"
    with open_store(str(database)) as store:
        store.sync_knowledge(known, origin="benchmark")
        archive = store.archive(example_catalogue())
        yield from _builds(bench, archive, papers)
        if papers == _PAPERS:
            yield from _against_limits(bench, archive, known)
    yield from in_a_browser(bench, bench.scratch / "site", known)


def _builds(bench: Bench, archive: Archive, papers: int) -> Iterator[Comparison | LeftOut]:
    site, peer = bench.scratch / "site", bench.scratch / "pelican"
    first = publish(archive, site, processes=2)
    rounds = rounds_within(bench, 3 * first.seconds, _MOST_ROUNDS)
    facts: dict[str, Json] = {"pages": first.pages, "files": first.files, "bytes": first.size_bytes}
    if pelican.is_installed():
        pages = sorted(islice((site / "paper").glob("*/index.html"), _PEER_PAGES))
        pelican.lay_out(peer, pages)
        sides: tuple[tuple[str, Callable[[], SiteReport], bool], ...] = (
            ("1 process", lambda: _afresh(bench, archive, processes=1), True),
            ("2 processes", lambda: _afresh(bench, archive, processes=2), True),
            ("nothing changed", lambda: publish(archive, site), False),
        )
        for what, ours, afresh in sides:
            bench.say(f"{first.pages:,} pages, {what}: ours, and Pelican's {len(pages):,}")
            yield _against_pelican(rounds, what, ours, peer, len(pages), facts, afresh=afresh)
    else:
        yield LeftOut("site", "Pelican is not installed: `python -m pip install pelican` into this environment")
    if papers != _PAPERS and not pelican.is_installed():
        yield LeftOut("site", f"limits are set for {_PAPERS:,} papers, --seconds {bench.seconds:g} allows {papers:,}")


def _afresh(bench: Bench, archive: Archive, *, processes: int) -> SiteReport:
    """Build where nothing stands. The disk has settled before, and the removal of what was built does not count."""
    folder = Path(tempfile.mkdtemp(dir=bench.scratch))
    os.sync()
    report = publish(archive, folder / "site", processes=processes)
    shutil.rmtree(folder)
    return report


def _against_pelican(
    rounds: int,
    what: str,
    ours: Callable[[], SiteReport],
    peer: Path,
    peer_pages: int,
    facts: dict[str, Json],
    *,
    afresh: bool,
) -> Comparison:
    seconds: list[float] = []

    def our_side() -> float:
        report = ours()
        seconds.append(report.seconds)
        return report.pages / report.seconds

    rates = in_turns(rounds, our_side, lambda: peer_pages / pelican.build(peer, afresh=afresh))
    sizes = [file.stat().st_size for file in (peer / "output" / "paper").glob("*/index.html")]
    mean_kb = sum(sizes) / len(sizes) / 1000
    return Comparison(
        section="site",
        what=f"site, {what}",
        unit="pages/s",
        ours=rates[0],
        theirs=rates[1],
        against="Pelican",
        facts={**facts, "seconds": list(seconds), "peer_pages": len(sizes), "peer_mean_kb": mean_kb},
        note=f"{facts['pages']:,} pages in {min(seconds):.2f} s; Pelican's {len(sizes):,} of {mean_kb:.0f} kB",
    )


def _has_memory() -> bool:
    """Tell whether a file system in memory is there: on a disk, making folders may take longer than making pages."""
    return _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _SPACE_BYTES


def _against_limits(bench: Bench, archive: Archive, known: Knowledge) -> Iterator[Comparison]:
    """Time the site without leaderboards, the whole one, and the whole one once more."""
    bench.say(f"the limits of a site of {len(known.papers):,} papers")
    with open_store(str(bench.scratch / "entities.db")) as store:
        store.sync_knowledge(replace(known, claims=()), origin="benchmark")
        apart = store.archive(example_catalogue())
        entities = [_afresh(bench, apart, processes=2) for _ in range(_LIMIT_ROUNDS)]
        memory = replace(bench, scratch=_IN_MEMORY)
        in_memory = [_afresh(memory, apart, processes=2) for _ in range(_LIMIT_ROUNDS)] if _has_memory() else []
    whole = [_afresh(bench, archive, processes=2) for _ in range(_LIMIT_ROUNDS)]
    again = [publish(archive, bench.scratch / "site") for _ in range(_LIMIT_ROUNDS)]
    rate, took, took_again = _LIMITS
    found = (
        *((rate, ", written to memory", in_memory) for _ in in_memory[:1]),
        (rate, ", written to this disk", entities),
        (took, "", whole),
        (took_again, "", again),
    )
    for (what, unit, limit, better), place, reports in found:
        ours = tuple(r.pages / r.seconds if unit == "pages/s" else r.seconds for r in reports)
        yield Comparison(
            section="site",
            what=what.format(pages=f"{reports[0].pages:,}", place=place),
            unit=unit,
            ours=ours,
            theirs=(limit,) * len(reports),
            better=better,
            against="the limit",
            facts={"pages": reports[0].pages, "files": reports[0].files, "bytes": reports[0].size_bytes},
        )
