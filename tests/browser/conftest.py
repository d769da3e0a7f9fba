"""A real browser for the site's tests: the system's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.leaderboard_page import BOARD
from tests.publishing.site_fixture import built_site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium ($CHROMIUM, or the system's); without one the test is left out, or fails where it is required."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        reason = "no Chromium: install it or set CHROMIUM to its path"
        if os.environ.get("PWC_BENCH_REQUIRE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def board(browser: Browser) -> Iterator[Page]:
    """The example's ImageNet board, opened from the disk; it must say nothing on the console."""
    page = browser.new_page(viewport=ViewportSize(width=1280, height=1000))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{built_site().as_uri()}/{BOARD}")
    yield page
    page.close()
    assert said == []
