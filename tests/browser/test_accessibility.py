"""axe finds nothing: every kind of page, light and dark, as wide as a desk's screen and as narrow as a phone's."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize

from tests.site.build.site_fixture import built_site, page_kinds

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser: Browser, width: int, scheme: Literal["light", "dark"]) -> None:
    """Names, roles, order, contrast, landmarks: all its rules, best practices included."""
    axe, found = Axe(), []
    context = browser.new_context(
        viewport=ViewportSize(width=width, height=844), color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    )
    for path in page_kinds():
        page = context.new_page()
        page.goto((built_site() / path).as_uri())
        for violation in axe.run(page).response["violations"]:
            nodes = [" ".join(map(str, node["target"])) for node in violation["nodes"][:3]]
            found.append(f"{Path(path).parent}: {violation['id']}: {'; '.join(nodes)}")
        page.close()
    context.close()
    assert found == []
