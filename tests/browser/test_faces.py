"""A page is drawn in the face that the reader's system has: what the other tests of layout claim is true."""

import pytest
from playwright.sync_api import Browser

from tests.browser.faces import Face, rendered_in
from tests.browser.leaderboard_page import BOARD
from tests.site.build.site_fixture import built_site

pytestmark = pytest.mark.browser


def test_pages_are_drawn_in_the_face_that_is_claimed(browser_in_face: Browser, face: Face) -> None:
    """Through the site's own stack of fonts: headings, prose, cells, controls and the text of charts."""
    page = browser_in_face.new_page()
    page.goto((built_site() / BOARD).as_uri())
    parts = ("h1", ".lead", ".board th.model a", ".board td .interval", "select", "button", "svg .chart-label")
    assert {part: rendered_in(page, part) for part in parts} == {part: {face.family} for part in parts}
    page.close()
