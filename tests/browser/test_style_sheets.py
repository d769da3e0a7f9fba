"""Chromium understands every rule of the style sheets, the younger ones too, which the HTML checker cannot read."""

import re

import pytest
from playwright.sync_api import Browser

from tests.site.build.site_fixture import built_site

pytestmark = pytest.mark.browser

_TEXT = re.compile(r'"[^"]*"|\'[^\']*\'|/\*.*?\*/', re.DOTALL)
_READ = """text => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    const count = rules => Array.from(rules).reduce((sum, rule) => sum + 1 + count(rule.cssRules ?? []), 0);
    const unread = rules => Array.from(rules).flatMap(rule => rule.cssRules?.length ? unread(rule.cssRules)
        : rule.style && !rule.style.length ? [rule.cssText] : []);
    return [count(sheet.cssRules), unread(sheet.cssRules)];
}"""


def rules_in(text: str) -> int:
    """How many blocks a style sheet opens."""
    return _TEXT.sub("", text).count("{")


def test_no_rule_is_dropped(browser: Browser) -> None:
    """A browser skips what it does not understand without a word: as many rules are read as are written."""
    page = browser.new_page()
    sheets = sorted(built_site().glob("assets/*.css"))
    assert sheets
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        count, unread = page.evaluate(_READ, text)
        assert (count, unread) == (rules_in(text), []), sheet.name
        assert page.evaluate(_READ, f"{text}\nmain:hass(p) {{ color: red }}")[0] == count, "a mistake is noticed"
    page.close()


def test_no_declaration_is_dropped(browser: Browser) -> None:
    """Every property with its value is one that Chromium supports; those with var() are checked by their names."""
    page = browser.new_page()
    for sheet in sorted(built_site().glob("assets/*.css")):
        blocks = re.findall(r"\{([^{}]*)\}", sheet.read_text(encoding="utf-8"))
        written = {
            tuple(part.strip() for part in line.split(":", 1)) for b in blocks for line in b.split(";") if ":" in line
        }
        unknown = page.evaluate(
            "lines => lines.filter(([name, value]) => !CSS.supports(name, value.replace(/!important/, '')))",
            sorted(written),
        )
        assert unknown == [], sheet.name
    page.close()
