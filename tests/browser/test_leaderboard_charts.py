"""The charts of a leaderboard in a real browser: without a script, on a phone, skipped by keyboard."""

from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.leaderboard_page import BOARD
from tests.site.build.site_fixture import built_site

pytestmark = pytest.mark.browser


def test_the_chart_can_be_skipped(board: Page) -> None:
    """With one key more: the next stop is a filter, not the first of its points."""
    skip = board.get_by_role("link", name="Skip the chart")
    skip.focus()
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    board.keyboard.press("Enter")
    board.keyboard.press("Tab")
    assert board.evaluate("document.activeElement.name") == "family"


def test_charts_are_reached_without_a_script(browser: Browser) -> None:
    """Tabs are links; every point has a name and an address; the filters that need a script are not shown."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{built_site().as_uri()}/{BOARD}")
    assert not page.locator("form.tools").is_visible()
    page.get_by_role("link", name="Top-1 accuracy over time").click()
    assert page.url.endswith("/over-time/index.html")
    names = page.locator("svg.plot a").evaluate_all("marks => marks.map(mark => mark.getAttribute('aria-label'))")
    assert any("ConViT-S, claimed: 81.3 %, published 2021-03-19" in name for name in names)
    page.get_by_role("link", name="Top-1 accuracy against GFLOPs").click()
    assert page.url.endswith(BOARD)
    context.close()


def test_the_chart_fits_phones_with_names_of_its_own(browser_in_face: Browser) -> None:
    """One drawing: letters keep their size, names stand where a narrow plot has room."""
    page = browser_in_face.new_page(viewport=ViewportSize(width=390, height=844))
    page.goto(f"{built_site().as_uri()}/{BOARD}")
    assert page.locator(".chart-narrow[aria-hidden]").is_visible()
    assert not page.locator(".chart-wide[aria-hidden]").is_visible()
    boxes = page.locator("svg.plot text:visible").evaluate_all(
        "texts => texts.map(text => text.getBoundingClientRect()).map(box => [box.left, box.right])"
    )
    assert min(left for left, _ in boxes) >= 0
    assert max(right for _, right in boxes) <= 390
    page.close()


def test_marks_of_an_axis_stand_apart_on_the_smallest_phone(browser_in_face: Browser) -> None:
    """Speeds have many digits: those that would touch are left out, and only those."""
    page = browser_in_face.new_page(viewport=ViewportSize(width=320, height=844))
    page.goto(f"{built_site().as_uri()}/{BOARD.replace('index.html', 'top1-against-throughput/index.html')}")
    marks = page.locator('svg.plot text[dy="18"]')
    boxes = marks.locator("visible=true").evaluate_all(
        "marks => marks.map(mark => mark.getBoundingClientRect()).map(box => [box.left, box.right])"
    )
    assert 3 <= len(boxes) < marks.count()
    assert all(right + 2 < left for (_, right), (left, _) in pairwise(boxes))
    page.close()
