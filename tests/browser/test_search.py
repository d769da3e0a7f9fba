"""Search in a real browser, from the disk: forgiving, quick, and usable with the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.site.build import publish
from pwc_bench.site.build import search as search_index
from tests.example_archive import example_catalogue
from tests.large_archive import large_knowledge
from tests.site.build.site_fixture import built_site

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The front page; whatever the console says fails the test."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((built_site() / "index.html").as_uri())
    yield page
    page.close()
    assert said == []


def titles(page: Page) -> list[str]:
    """What is listed."""
    return page.locator(".search-list li span:first-child").all_inner_texts()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("convit-s", "ConViT-S"),
        ("CONVIT", "ConViT-B"),
        ("imagent", "ImageNet"),
        ("imgae clas", "Image Classification"),
        ("gated positional", "GPSA"),
        ("2103.10697", "ConViT: Improving Vision Transformers with Soft Convolutional Inductive Biases"),
        ("ïmagenét", "ImageNet"),
        ("CONVIT-s+", "ConViT-S+"),
        ("d'Ascoli", "ConViT: Improving"),
        ("dascoli", "ConViT: Improving"),
        ("Herve Jegou", "Training data-efficient"),
        ("touvorn", "Training data-efficient"),
    ],
)
def test_case_accents_and_slips_are_forgiven(page: Page, typed: str, first: str) -> None:
    """A word's beginning is enough; swapped, missing and wrong letters are tolerated."""
    page.get_by_role("combobox", name="Search").fill(typed)
    expect(page.get_by_role("option").first).to_be_visible()
    assert any(title.startswith(first) for title in titles(page)[:4]), titles(page)


def test_a_plus_tells_models_apart(page: Page) -> None:
    """Who types it means it."""
    page.get_by_role("combobox", name="Search").fill("convit-s+")
    expect(page.get_by_role("option").first).to_be_visible()
    assert titles(page)[0] == "ConViT-S+"
    assert all("+" in title for title in titles(page))


def test_a_whole_title_comes_first(page: Page) -> None:
    """Before a shorter title whose further words fit as well: GPSA is Gated Positional Self-Attention."""
    page.get_by_role("combobox", name="Search").fill("self attention")
    expect(page.get_by_role("option").nth(1)).to_have_text("GPSA Method")
    assert titles(page)[0] == "Self-attention"


def test_a_model_that_is_only_claimed_leads_to_its_row(page: Page) -> None:
    """On its leaderboard, scrolled to."""
    page.get_by_role("combobox", name="Search").fill("convit-s+, ablation c")
    expect(page.get_by_role("option").first).to_have_text("ConViT-S+, ablation c Claimed model")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sota/image-classification-on-imagenet/index.html?all=1*")
    expect(page.get_by_role("rowheader", name="ConViT-S+, ablation c").first).to_be_in_viewport()


def test_the_keyboard_is_enough(page: Page) -> None:
    """A slash focuses, arrows choose, Escape closes, Enter goes there."""
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    page.keyboard.type("conv")
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    wanted = titles(page)[0]
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("h1")).to_contain_text(wanted)


def test_a_slash_in_the_box_is_a_letter(page: Page) -> None:
    """It is not swallowed."""
    page.keyboard.press("/")
    page.keyboard.type("a/b")
    expect(page.get_by_role("combobox")).to_have_value("a/b")


def test_nothing_found_is_said(page: Page) -> None:
    """To screen readers too."""
    page.get_by_role("combobox").fill("zzzzzzzz")
    expect(page.locator(".search [role=status]")).to_have_text("Nothing found")


def test_on_a_phone_a_tap_leads_there(browser: Browser) -> None:
    """From a deep page, and the list stays within the window."""
    context = browser.new_context(viewport=ViewportSize(width=390, height=844), has_touch=True)
    page = context.new_page()
    page.goto((built_site() / "paper/convit/index.html").as_uri())
    page.get_by_role("combobox").fill("gpsa")
    box = page.get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.get_by_role("option").first.tap()
    page.wait_for_url("**/method/gpsa/index.html")
    context.close()


def test_without_javascript_a_link_leads_to_the_lists(browser: Browser) -> None:
    """Which stand at the end of every page."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built_site() / "index.html").as_uri())
    page.get_by_role("link", name="All lists").click()
    assert page.locator("#lists").get_by_role("link", name="Papers").is_visible()
    context.close()


def test_every_entry_of_a_large_index_leads_to_a_page(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several files are loaded one after the other; addresses that are made from titles exist."""
    monkeypatch.setattr(search_index, "ENTRIES_PER_FILE", 500)
    known = large_knowledge(470)
    site = tmp_path / "site"
    publish(
        MemoryArchive(example_catalogue(), (), known.papers, known.tasks, known.datasets, known.methods, known.claims),
        site,
    )
    assert (site / "assets" / "search-index-2.js").is_file()
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    box = page.get_by_role("combobox")
    for paper in (known.papers[0], known.papers[-1]):
        box.fill(paper.title)
        expect(page.get_by_role("option").first).to_contain_text(paper.title, timeout=20_000)
    box.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("h1")).to_have_text(known.papers[-1].title)
    page.close()
