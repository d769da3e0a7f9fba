"""The site in a real browser: silent, self-contained, readable at every width, usable with the keyboard alone."""

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize

from tests.site.build.site_fixture import built_site

pytestmark = pytest.mark.browser

BOARD = "sota/image-classification-on-imagenet/index.html"
KINDS = (
    "index.html", BOARD, "sota/image-classification-on-demo/index.html",
    "sota/image-classification-on-imagenet/over-time/index.html", "paper/convit/index.html", "papers/index.html",
    "model/convit-s/index.html", "sota/index.html", "tasks/index.html", "task/image-classification/index.html",
    "datasets/index.html", "dataset/imagenet/index.html", "methods/index.html", "method/gpsa/index.html",
    "compare/index.html", "compare/convit-s-vs-deit-s/index.html", "submit/index.html", "about/index.html", "404.html",
)  # fmt: skip
_TOO_WIDE = """() => {
    const kinds = innerWidth < 704 ? [".labelled", ".stacked", ".claim-cards"] : ["table"];
    const regions = document.querySelectorAll(kinds.map(kind => `.table-region:has(> ${kind})`));
    return [document.documentElement, ...regions].filter(
        one => one.checkVisibility() && one.scrollWidth > one.clientWidth
    ).map(one => `${one.ariaLabel ?? "the page"}: ${one.scrollWidth - one.clientWidth} px too wide`);
}"""


def kinds() -> list[str]:
    """One page of every kind, a record's included."""
    record = next((built_site() / "record").iterdir()).name
    return [*KINDS, f"record/{record}/index.html"]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def sub_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site served below a sub-path of a local server."""
    root = tmp_path_factory.mktemp("served")
    (root / "deep").mkdir()
    (root / "deep" / "er").symlink_to(built_site(), target_is_directory=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/deep/er"
    server.shutdown()
    thread.join()
    server.server_close()


def visit(page: Page, base: str, paths: list[str]) -> tuple[list[str], list[str]]:
    """Open pages; return what the console said and which requests left `base`."""
    said: list[str] = []
    strays: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(base):
            strays.append(request.url)

    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("request", note)
    for path in paths:
        page.goto(f"{base}/{path}")
        assert page.evaluate("getComputedStyle(document.body).display") in {"flex", "grid"}, f"{path} has no style"
    return said, strays


def test_every_kind_of_page_is_silent_and_self_contained_from_the_disk(browser: Browser) -> None:
    """From file://, with the strict Content-Security-Policy: no message, no request to anywhere else."""
    page = browser.new_page()
    assert visit(page, built_site().as_uri(), kinds()) == ([], [])
    page.close()


def test_every_kind_of_page_works_below_a_sub_path(browser: Browser, sub_path: str) -> None:
    """Over HTTP, style and script included."""
    page = browser.new_page()
    assert visit(page, sub_path, kinds()) == ([], [])
    page.goto(f"{sub_path}/{BOARD}")
    page.get_by_role("link", name="Papers", exact=True).first.click()
    assert page.url == f"{sub_path}/papers/index.html"
    page.close()


def test_no_page_is_wider_than_its_window(browser_in_face: Browser) -> None:
    """On a desk no table has to be scrolled, on a phone none that becomes labelled lines: others have a region to."""
    page = browser_in_face.new_page()
    too_wide = []
    for path in kinds():
        page.goto(f"{built_site().as_uri()}/{path}")
        page.locator("#compare-result h2, main:not(:has(#compare-result))").wait_for()
        for width in (2560, 1265, 390, 320):
            page.set_viewport_size(ViewportSize(width=width, height=844))
            too_wide += [(path, width, found) for found in page.evaluate(_TOO_WIDE)]
    page.close()
    assert too_wide == []


def test_a_desk_shows_every_column_of_a_board(browser_in_face: Browser) -> None:
    """At 1280 pixels, with a scroll bar, nothing of ImageNet's six pairs of columns has to be scrolled to."""
    page = browser_in_face.new_page(viewport=ViewportSize(width=1265, height=800))
    page.goto((built_site() / BOARD).as_uri())
    region = page.locator(".table-region:has([data-board])")
    assert region.evaluate("region => region.scrollWidth - region.clientWidth") == 0
    assert page.locator("#conditions").inner_text().startswith("Throughput, claimed: Quadro GP100")
    page.close()


def test_the_first_tab_skips_to_the_content(browser: Browser) -> None:
    """And the points of the chart are reachable, with names."""
    page = browser.new_page()
    page.goto(f"{built_site().as_uri()}/{BOARD}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    points = page.locator("svg.chart a")
    points.last.focus()
    assert "measured" in (points.last.get_attribute("aria-label") or "")
    page.close()


def test_without_javascript_everything_is_there(browser: Browser) -> None:
    """Tables, chart and links; only sorting is missing."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{built_site().as_uri()}/{BOARD}")
    assert page.locator("table.board tbody tr").count() == 12
    assert page.locator("svg.chart circle").count() > 12
    assert page.locator("button.sort").count() == 0
    assert not page.locator("form.tools").is_visible()
    context.close()


def test_a_sorted_table_of_claims_names_task_and_metric_in_every_row(browser: Browser) -> None:
    """As long as rows stand in the paper's order, what is as above is left out."""
    page = browser.new_page(viewport=ViewportSize(width=1280, height=900))
    page.goto(f"{built_site().as_uri()}/paper/convit/index.html")
    table = page.locator("table.claims").first
    metric = table.locator("tr.again .in-metric span").first
    read = "element => getComputedStyle(element).clipPath"
    assert metric.evaluate(read) != "none"
    table.get_by_role("button", name="Model").click()
    assert metric.evaluate(read) == "none"
    page.close()


def test_light_and_dark_differ(browser: Browser) -> None:
    """The site follows the system, and so does a chart that is opened by itself."""
    grounds = set()
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{built_site().as_uri()}/index.html")
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.goto(f"{built_site().as_uri()}/{Path(BOARD).parent}/chart.svg")
        grounds.add(page.evaluate("getComputedStyle(document.querySelector('.chart-ground')).fill"))
        context.close()
    assert len(grounds) == 4


def test_text_has_enough_contrast(browser: Browser) -> None:
    """WCAG AA (4.5 to 1) for every colour of text on every ground that it stands on, light and dark."""
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{built_site().as_uri()}/index.html")
        names = ("ink", "ink-soft", "claim", "measured", "warn", "ground", "surface", "sunken", "warn-soft")
        read = "names => names.map(n => getComputedStyle(document.documentElement).getPropertyValue('--' + n).trim())"
        colours = dict(zip(names, page.evaluate(read, list(names)), strict=True))
        for text in ("ink", "ink-soft", "claim", "measured", "warn"):
            for ground in ("ground", "surface", "sunken"):
                assert _contrast(colours[text], colours[ground]) >= 4.5, (scheme, text, ground)
        assert _contrast(colours["warn"], colours["warn-soft"]) >= 4.5, scheme
        context.close()


def _contrast(first: str, second: str) -> float:
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
