"""Real browsers for the site's tests: the system's Chromium, driven by Playwright, in the faces that readers have."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, ViewportSize, sync_playwright

from tests.browser.faces import FACES, Face, fontconfig, rendered_in
from tests.browser.leaderboard_page import BOARD
from tests.site.build.site_fixture import built_site

ARGUMENTS = ("--no-sandbox", "--disable-gpu")
"""Root may start it; and where no GPU is, a page is drawn at once instead of by a GPU that a CPU imitates."""


def _leave_out(reason: str) -> None:
    """Leave the test out with a word, or fail it if everything is required."""
    if os.environ.get("PWC_BENCH_REQUIRE") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """Playwright itself: a process has one."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> str:
    """Return the path of Chromium: $CHROMIUM, or the system's."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        _leave_out("no Chromium: install it or set CHROMIUM to its path")
    return str(found)


@pytest.fixture(scope="session")
def browser(driver: Playwright, chromium: str) -> Iterator[Browser]:
    """Start Chromium with the fonts that the system has."""
    with driver.chromium.launch(executable_path=chromium, args=ARGUMENTS) as running:
        yield running


@pytest.fixture(scope="session", params=FACES, ids=lambda face: face.family)
def face(request: pytest.FixtureRequest) -> Face:
    """Each of the sans-serif faces that pages must fit in."""
    chosen: Face = request.param
    return chosen


@pytest.fixture(scope="session")
def _started_in_face(
    driver: Playwright, chromium: str, face: Face, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    file = tmp_path_factory.mktemp("fontconfig") / "fonts.conf"
    file.write_text(fontconfig(face), encoding="utf-8")
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(file)}
    with driver.chromium.launch(executable_path=chromium, args=ARGUMENTS, env=environment) as running:
        if not _has(running, face):
            _leave_out(f"layout in {face.family}, which is not installed ({face.package})")
        yield running


def _has(running: Browser, face: Face) -> bool:
    try:
        page = running.new_page()
        page.set_content(f"<p style='font-family: \"{face.family}\"'>Pages</p>")
        return rendered_in(page, "p") == {face.family}
    except Error:  # without any font Chromium's renderer ends
        return False


@pytest.fixture
def browser_in_face(_started_in_face: Browser, face: Face, record_property: Callable[[str, object], None]) -> Browser:
    """A Chromium that has one sans-serif face: once in each of them. The report says in which."""
    record_property(f"layout in Chromium {_started_in_face.version}", face.family)
    return _started_in_face


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
