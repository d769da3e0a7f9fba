"""How soon headless Chromium shows a board of 1,000 models, sorts and filters it, and finds something."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pwc_bench.core.knowledge import Knowledge
from pwc_bench.core.metric import Better
from pwc_bench.site.build import publish
from tests.benchmarks.bench import Bench
from tests.benchmarks.comparison import Comparison, LeftOut
from tests.board_archive import BOARD, board_archive

__all__ = ["in_a_browser"]

_MODELS = 1000
_ROUNDS = 5
_TICK_MS = 0.1
"""The browser's clock counts in these: what takes less reads as nothing, of which there is no ratio."""
_READY = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
_CLICK = """selector => { const wanted = document.querySelector(selector), begun = performance.now();
    wanted.click(); document.body.offsetHeight; return performance.now() - begun; }"""
_CHOOSE = """([selector, value]) => { const wanted = document.querySelector(selector), begun = performance.now();
    wanted.value = value; wanted.dispatchEvent(new Event('change', {bubbles: true}));
    document.body.offsetHeight; return performance.now() - begun; }"""
_TYPE = """text => new Promise(found => { const box = document.querySelector('[role=combobox]'); let begun;
    const seen = new MutationObserver(() => { if (document.querySelector('[role=option]')) {
        seen.disconnect(); found(performance.now() - begun); } });
    seen.observe(document.body, {childList: true, subtree: true, attributes: true});
    box.value = text; begun = performance.now(); box.dispatchEvent(new Event('input', {bubbles: true})); })"""
_SEARCH = "first search result"
_LIMITS_MS = {"DOM ready": 250.0, "sort": 100.0, "filter": 30.0, _SEARCH: 50.0}


def in_a_browser(bench: Bench, site: Path, known: Knowledge) -> Iterator[Comparison | LeftOut]:
    """Time them, layout included, each beside its limit; `site`, made of `known`, is the one to search in."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        yield LeftOut("site", "there is no Chromium: install it or set CHROMIUM to its path")
        return
    models = min(_MODELS, max(20, int(20 * bench.seconds)))
    bench.say(f"a board of {models:,} models, and search, in Chromium")
    folder = bench.scratch / "board"
    publish(board_archive(models, measured=models // 10), folder)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        board, home = (folder / BOARD / "index.html").as_uri(), (site / "index.html").as_uri()
        oldest = min(known.papers, key=lambda paper: (paper.date, paper.slug)).title
        rounds = [_round(browser, board, home, oldest) for _ in range(_ROUNDS)]
        version = browser.version
        browser.close()
    sizes = dict.fromkeys(_LIMITS_MS, f"{models:,} rows") | {_SEARCH: f"{len(known.papers):,} papers"}
    for what, limit in _LIMITS_MS.items():
        yield Comparison(
            section="site",
            what=f"{what}, {sizes[what]}",
            unit="ms",
            ours=tuple(found[what] for found in rounds),
            theirs=(limit,) * _ROUNDS,
            better=Better.LOWER,
            against="the limit",
            facts={"chromium": version},
        )


def _round(browser: Browser, board: str, home: str, oldest: str) -> dict[str, float]:
    page = browser.new_page()
    page.goto(board)
    found = {"DOM ready": float(page.evaluate(_READY))}
    page.evaluate("() => new Promise(done => requestIdleCallback(done))")  # nobody filters before the page has settled
    page.evaluate(_CLICK, 'th[data-id="gflops-claim"] button')  # what is compiled and read at first stays
    found["sort"] = float(page.evaluate(_CLICK, 'th[data-id="model"] button'))
    page.evaluate(_CHOOSE, ["[name=year]", "2020"])
    found["filter"] = float(page.evaluate(_CHOOSE, ["[name=year]", "2021"]))
    page.goto(home)
    page.get_by_role("combobox").fill(
        oldest
    )  # the index is read when somebody first types; this paper stands at its end
    page.get_by_role("option").filter(has_text=oldest).first.wait_for()
    page.get_by_role("combobox").fill("")
    page.get_by_role("option").first.wait_for(state="detached")
    found[_SEARCH] = float(page.evaluate(_TYPE, "deep sparse"))
    page.close()
    return {what: max(milliseconds, _TICK_MS) for what, milliseconds in found.items()}
