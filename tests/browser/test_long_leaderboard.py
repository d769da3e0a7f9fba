"""A leaderboard of many rows in a real browser: some are listed, all are there."""

import json
import xml.etree.ElementTree as ET

import pytest
from playwright.sync_api import Browser

from pwc_bench.site.build import publish
from tests.board_archive import board_archive
from tests.browser.leaderboard_page import BOARD, SVG, download, query, shown, values

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def long_board(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a board of 150 models."""
    site = tmp_path_factory.mktemp("long") / "site"
    publish(board_archive(150, measured=3), site)
    return (site / BOARD).as_uri()


def test_a_long_board_lists_its_first_forty_rows_and_all_on_demand(browser: Browser, long_board: str) -> None:
    """Filters and sorting look at all of them, files hold all of them, and the address says whether all are listed."""
    page = browser.new_page()
    page.goto(long_board)
    assert len(shown(page)) == 40
    assert page.locator("form.tools output").text_content() == "150 models"
    assert len(json.loads(download(page, "json"))) == 150
    assert "listed or not" in (page.locator(".tools-as").get_attribute("title") or "")
    marks = list(ET.fromstring(download(page, "svg")).iter(f"{SVG}a"))
    assert all(mark.findtext(f"{SVG}title") for mark in marks)
    page.locator('th[data-id="top1-claim"] button').click()
    page.locator('th[data-id="top1-claim"] button').click()
    lowest = [float(value) for value in values(page, "top1-claim")]
    assert lowest == sorted(lowest)
    page.get_by_label("List all rows").check()
    assert len(shown(page)) == 150
    assert "all=1" in query(page)
    page.get_by_label("Parameters").first.select_option("0-10")
    assert 0 < len(shown(page)) < 40
    assert not page.get_by_label("List all rows").is_visible()
    page.close()


def test_a_long_board_is_whole_without_a_script_and_on_paper(browser: Browser, long_board: str) -> None:
    """Every row is there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(long_board)
    assert page.locator("table[data-board] tbody tr:visible").count() == 150
    context.close()
    page = browser.new_page()
    page.goto(long_board)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(shown(page)) == 150
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(shown(page)) == 40
    page.close()


def test_points_of_a_long_board_lead_to_their_rows(browser: Browser, long_board: str) -> None:
    """They are named by the row, by keyboard too, and say their number when pointed at."""
    page = browser.new_page()
    page.goto(long_board)
    point = page.locator("svg.plot a.chart-claim[href='#m4']")
    name = page.locator("#m4").text_content() or ""
    assert point.evaluate("mark => mark.getAttribute('aria-labelledby')") == "m4 chart-claim"
    point.dispatch_event("pointerover")
    assert (point.locator("title").text_content() or "").startswith(f"{name}, claim: ")
    point.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#m4")
    page.locator("svg.plot a[href='#m140']").first.dispatch_event("click")
    page.locator("#m140").wait_for()
    assert len(shown(page)) == 150
    page.reload()
    assert len(shown(page)) == 150
    page.close()
