"""Any two models, compared in a real browser: the same numbers as in Python."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from playwright.sync_api import Browser, Page

from pwc_bench.core.metric import Display
from pwc_bench.site.build import publish
from tests.example_archive import METRICS
from tests.factories import make_measurement, make_record
from tests.site.parts.guessing import archive_of, batch_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A site with guesses of two variants for 1,000 images."""
    draws = np.random.default_rng(1)
    labels = np.zeros(1000, int)
    first, second = ((draws.random(1000) < share).astype(int).tolist() for share in (0.3, 0.25))
    shares = {"convit-b": 54.27, "deit-b": 64.24}
    further = (
        *(make_record(key, measurements={"top1": make_measurement(value, "%")}) for key, value in shares.items()),
        *(make_record(key, None, campaign=f"of {key}") for key in shares),
        make_record("convit-ti", None, campaign="of deit-b"),
        make_record("convit-ti", None, campaign="new", started="2026-02-02T12:00:00Z"),
    )
    batches = {"convit-s": batch_of(labels.tolist(), first), "deit-s": batch_of(labels.tolist(), second)}
    archive = archive_of(batches, further=further)
    top1 = replace(METRICS["top1"], display=Display("%", 1, 1))
    archive = replace(archive, catalogue=replace(archive.catalogue, metrics={**METRICS, "top1": top1}))
    folder: Path = tmp_path_factory.mktemp("compared") / "site"
    publish(archive, folder)
    return (folder / "compare" / "index.html").as_uri()


def _open(browser: Browser, address: str) -> tuple[Page, list[str]]:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.locator("#compare-result h2").wait_for()
    return page, said


def test_the_browser_computes_the_exact_test(browser: Browser, site: str) -> None:
    """From file://, under the page's own policy: counts, and a p-value equal to scipy's."""
    page, said = _open(browser, f"{site}?a=convit-s&b=deit-s")
    line = page.locator("[data-p]")
    lost, gained = int(line.get_attribute("data-lost") or ""), int(line.get_attribute("data-gained") or "")
    assert lost > 0
    assert float(line.get_attribute("data-p") or "") == pytest.approx(
        scipy.stats.binomtest(lost, lost + gained).pvalue, rel=1e-9
    )
    assert page.get_by_role("link", name="This pair has a page of its own").get_attribute("href") == (
        "convit-s-vs-deit-s/index.html"
    )
    heads = page.locator("#compare-result table").first.locator("th[scope='col']")
    kinds = heads.evaluate_all("heads => heads.map(head => head.querySelector('.mark')?.className ?? '')")
    assert kinds == ["", *(("mark mark-claim", "mark mark-measured") * 2), ""]
    assert said == []
    page.goto(site.replace("index.html", "convit-s-vs-deit-s/index.html"))
    table = page.locator("table.crossing")
    assert [cell.inner_text() for cell in table.locator("strong").all()] == [str(lost), str(gained)]
    page.close()


def test_settings_are_shown_and_speeds_of_two_campaigns_are_not_compared(browser: Browser, site: str) -> None:
    """A difference has the digits of the numbers that it is of; an exact count depends on no setting."""
    page, said = _open(browser, f"{site}?a=convit-b&b=deit-b")
    rows = [row.all_inner_texts() for row in (line.locator("th, td") for line in page.locator("tbody tr").all())]
    (accuracy,), (speed,), (cost,) = (
        [row for row in rows if row[0].startswith(name)] for name in ("Top-1", "Thr", "GF")
    )
    assert [accuracy[2].split(), accuracy[4].split()[0], accuracy[5]] == [
        ["54.3", "NVIDIA", "H200,", "fp32,", "2026-01-01"],
        "64.2",
        "+10.0",
    ]
    assert "NVIDIA H200, fp32, batch 64, 2026-01-01" in speed[2]
    assert speed[5] == "not compared: other machine, settings or campaign"
    page.locator("#compare-a").select_option("convit-ti")
    page.get_by_role("heading", name="ConViT-Ti against DeiT-B").wait_for()
    older = page.locator("tbody tr").filter(has_text="Throughput").locator("td").all_inner_texts()
    assert "2026-01-01" in older[1], "the newest two of one campaign are compared, as on the pairs' own pages"
    assert older[4] == "1.00 \N{MULTIPLICATION SIGN}"
    assert (cost[2].strip(), cost[5]) == ("5.76", "1.00 \N{MULTIPLICATION SIGN}")
    assert said == []
    page.close()


def test_a_choice_is_kept_in_the_address(browser: Browser, site: str) -> None:
    """With the keyboard: the second model changes, and with it the page and its address."""
    page, said = _open(browser, site)
    page.locator("#compare-b").focus()
    page.locator("#compare-b").select_option("deit-b")
    page.get_by_role("heading", name="ConViT-Ti against DeiT-B").wait_for()
    assert page.url.endswith("?a=convit-ti&b=deit-b")
    assert "There are no per-image results of both" in page.locator("#compare-result").inner_text()
    page.reload()
    page.get_by_role("heading", name="ConViT-Ti against DeiT-B").wait_for()
    assert said == []
    page.close()


def test_without_a_script_the_pairs_are_still_there(browser: Browser, site: str) -> None:
    """The picker is hidden, the matrix of pages is not."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    assert not page.locator("#compare").is_visible()
    assert page.locator("table.pairs a").count() == 66  # each pair once
    context.close()
