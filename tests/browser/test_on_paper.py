"""Pages on a sheet of A4: nothing is cut off at its edge, and every table has its heads."""

import re

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.site.build.site_fixture import built_site, page_kinds

pytestmark = pytest.mark.browser

_PORTRAIT, _LANDSCAPE = 718, 1046
"""CSS pixels between the margins of a sheet."""
_CUT = """() => Array.from(document.querySelectorAll("table, figure, pre, img, svg")).filter(
    one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1
).map(one => one.className || one.tagName)"""


def test_nothing_is_cut_off_at_the_edge_of_a_sheet(browser_in_face: Browser) -> None:
    """Boards lie across, everything else stands upright; what unfolds on a screen is there."""
    cut = {}
    page = browser_in_face.new_page()
    page.emulate_media(media="print")
    for path in page_kinds():
        is_board = path.startswith("sota/image")
        page.set_viewport_size(ViewportSize(width=_LANDSCAPE if is_board else _PORTRAIT, height=900))
        page.goto((built_site() / path).as_uri())
        page.locator("#compare-result h2, main:not(:has(#compare-result))").wait_for()
        if found := page.evaluate(_CUT):
            cut[path] = found
    assert cut == {}
    page.goto((built_site() / "sota/image-classification-on-imagenet/index.html").as_uri())
    assert page.get_by_text("@misc{pwc-bench-image-classification-on-imagenet").is_visible()
    page.close()


@pytest.mark.parametrize(
    ("path", "is_wide"),
    [("sota/image-classification-on-imagenet/index.html", True), ("paper/convit/index.html", False)],
)
def test_boards_are_printed_across_the_sheet(browser: Browser, path: str, *, is_wide: bool) -> None:
    """A4, without anybody choosing it."""
    page = browser.new_page()
    page.goto((built_site() / path).as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    boxes = {tuple(map(round, map(float, box))) for box in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)}
    assert boxes == {(842, 595) if is_wide else (595, 842)}
    page.close()
