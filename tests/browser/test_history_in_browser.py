"""A variant's history in a real browser: read by keyboard, drawn for its width, without a script."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.site.build import publish
from tests.claims.series_records import campaigns
from tests.example_archive import example_catalogue
from tests.site.build.test_valid_html import complaints

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def model_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of ConViT-S' page, on a site of fourteen campaigns."""
    site = tmp_path_factory.mktemp("history") / "site"
    publish(MemoryArchive(example_catalogue(), campaigns(14)), site)
    return Path(site, "model", "convit-s", "index.html").as_uri()


def test_points_are_reached_and_followed_by_keyboard(browser: Browser, model_page: str) -> None:
    """Tab comes to the first disc, Enter opens its record."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(model_page)
        first = page.locator("#history ~ section .figure-wide a").first
        first.focus()
        name = first.get_attribute("aria-label") or ""
        page.keyboard.press("Tab")
        assert page.locator("#history ~ section .figure-wide a").nth(1).evaluate("e => e === document.activeElement")
        assert name.startswith("2026-01-01: 81.36 %")
        page.keyboard.press("Enter")
        page.wait_for_url("**/record/*/index.html")


@pytest.mark.parametrize(("width", "shown", "hidden"), [(1280, "wide", "narrow"), (390, "narrow", "wide")])
def test_each_width_has_its_drawing(
    browser_in_face: Browser, model_page: str, width: int, shown: str, hidden: str
) -> None:
    """And nothing makes the page scroll sideways, the opened tables included."""
    with browser_in_face.new_context(viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(model_page)
        page.evaluate("() => document.querySelectorAll('details').forEach(item => { item.open = true })")
        figure = page.locator("#history ~ section").first
        assert figure.locator(f".figure-{shown}").is_visible()
        assert not figure.locator(f".figure-{hidden}").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation(browser: Browser, model_page: str, width: int) -> None:
    """With every table opened."""
    with browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(model_page)
        page.evaluate("() => document.querySelectorAll('details').forEach(item => { item.open = true })")
        assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


def test_the_page_is_valid(model_page: str) -> None:
    """The Nu HTML checker finds no error in it."""
    assert complaints([Path(unquote(urlsplit(model_page).path))]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_steps_stand_out_of_the_ground_in_both_schemes(browser: Browser, model_page: str, scheme: str) -> None:
    """The words of a step have a contrast of at least 4.5 to 1."""
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(model_page)
        words, ground = page.evaluate(
            """() => {
                const text = document.querySelector('.figure-wide .chart-step text');
                return [getComputedStyle(text).fill, getComputedStyle(text.closest('.figure')).backgroundColor];
            }"""
        )
        light, dark = sorted((_luminance(words), _luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(color: str) -> float:
    """Relative luminance of "rgb(r, g, b)", as WCAG defines it."""
    channels = [float(part) / 255 for part in color.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
