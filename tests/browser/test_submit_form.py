"""The form of a submission in a real browser: errors stand at their fields, and the download is read by our loader."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pwc_bench.core.knowledge import Knowledge, Repository
from pwc_bench.exchange import load_knowledge_file
from tests.site.build.site_fixture import built_site

pytestmark = pytest.mark.browser

CLAIM = {
    "model": 'A "quoted": model # 1', "task": "image-classification", "dataset": "imagenet-1k", "metric": "top1",
    "value": "82.20", "unit": "%", "source": "Table 1",
}  # fmt: skip


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The page of submissions, from the disk; whatever the console says fails the test."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((built_site() / "submit/index.html").as_uri())
    yield page
    page.close()
    assert said == []


def fill(page: Page, number: int, values: dict[str, str]) -> None:
    """Fill in a claim."""
    for name, value in values.items():
        page.locator(f"#claim-{number}-{name}").fill(value)


def test_errors_stand_at_their_fields(page: Page) -> None:
    """The first one gets the focus, and what is wrong is said where it is."""
    fill(page, 1, {**CLAIM, "value": "82,2 %", "task": "Image Classification", "evaluated_on": "2021-02-30"})
    page.get_by_role("button", name="Check and download").click()
    expect(page.locator("#paper-slug")).to_be_focused()
    expect(page.locator("#paper-slug-error")).to_have_text("Needed.")
    expect(page.locator("#claim-1-value-error")).to_contain_text("is no printed number")
    expect(page.locator("#claim-1-task-error")).to_contain_text("is no key")
    expect(page.locator("#claim-1-evaluated_on-error")).to_contain_text("is no date")
    assert page.locator("#claim-1-value").get_attribute("aria-invalid") == "true"
    expect(page.locator("#submission [role=status]")).to_have_text("4 to correct.")


def test_the_download_is_read_by_our_loader(page: Page, tmp_path: Path) -> None:
    """Two claims, a paper with hostile text, every printed digit kept; from the keyboard at the end."""
    paper = {
        "slug": "my-paper", "title": "Title: with \u2028 'all' - # kinds\x85", "date": "2021-03-19",
        "abstract": "One.\n\nTwo: {x} \x07\x00",
        "authors": "Emmy Noether\nAndré Weil", "tasks": "image-classification, other-task", "url": "https://x.org/a?b=c",
    }  # fmt: skip
    for name, value in paper.items():
        page.locator(f"#paper-{name}").fill(value)
    fill(page, 1, CLAIM)
    page.locator("#claim-1-uses_additional_data").select_option("yes")
    page.get_by_role("button", name="Add a claim").press("Enter")
    expect(page.locator("#claim-2-model")).to_be_focused()
    fill(page, 2, {**CLAIM, "model": "Other"})
    page.locator("#claim-2-uses_additional_data").select_option("no")
    with page.expect_download() as caught:
        page.locator("#claim-2-source").press("Enter")
    assert caught.value.suggested_filename == "my-paper.yaml"
    caught.value.save_as(tmp_path / "my-paper.yaml")
    known = load_knowledge_file(tmp_path / "my-paper.yaml")
    assert [(claim.model, claim.value, claim.uses_additional_data) for claim in known.claims] == [
        (CLAIM["model"], "82.20", True),
        ("Other", "82.20", False),
    ]
    assert known.papers[0].authors == ("Emmy Noether", "André Weil")
    assert known.papers[0].tasks == ("image-classification", "other-task")
    assert known.papers[0].abstract == "One.\n\nTwo: {x}"


def download(page: Page, folder: Path) -> Knowledge:
    """Take what the form hands over, as our loader reads it."""
    with page.expect_download() as caught:
        page.get_by_role("button", name="Check and download").click()
    caught.value.save_as(folder / "x.yaml")
    return load_knowledge_file(folder / "x.yaml")


def test_code_tasks_and_data_sets_are_submitted_without_a_claim(page: Page, tmp_path: Path) -> None:
    """A claim that nobody wants is removed, the others are counted anew; then the paper must be described."""
    page.get_by_role("button", name="Add a claim").click()
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_role("button", name="Add a claim")).to_be_focused()
    assert page.locator("[data-list=claims] legend").all_inner_texts() == ["Claim 1"]
    page.get_by_role("button", name="Remove").click()
    for said in ("Add a code repository", "Describe a new task", "Describe a new data set"):
        page.get_by_role("button", name=said).click()
    for name, value in {"slug": "net", "title": "Net", "date": "2020-02-29", "tasks": "juggling"}.items():
        page.locator(f"#paper-{name}").fill(value)
    page.locator("#repository-3-url").fill("https://例え.jp/ a")
    page.locator("#repository-3-is_official").select_option("yes")
    for name, value in {"slug": "juggling", "title": "Juggling", "description": "Balls."}.items():
        page.locator(f"#task-4-{name}").fill(value)
    for name, value in {"key": "circus", "title": "Circus", "description": "Acts.", "introduced": "2012-13"}.items():
        page.locator(f"#data-set-5-{name}").fill(value)
    page.get_by_role("button", name="Check and download").click()
    expect(page.locator("#paper-abstract-error")).to_have_text("Needed.")
    expect(page.locator("#submission [role=status]")).to_have_text("2 to correct.")
    page.locator("#paper-abstract").fill("Nets.")
    page.locator("#data-set-5-introduced").fill("2012-12")
    known = download(page, tmp_path)
    assert known.papers[0].repositories == (Repository("https://xn--r8jz45g.jp/%20a", is_official=True),)
    assert (known.tasks[0].title, known.datasets[0].introduced, known.claims) == ("Juggling", "2012-12", ())


@pytest.mark.parametrize(
    ("field", "bad", "good"),
    [
        ("source_url", "http://x", "https://medium.com/@user"),
        ("evaluated_on", "0000-01-01", "2000-02-29"),
        ("metric", "\u200b", "mAP@0.5"),
    ],
)
def test_form_and_program_agree(page: Page, tmp_path: Path, field: str, bad: str, good: str) -> None:
    """What the program refuses is said at the field; what it takes is handed over."""
    page.locator("#paper-slug").fill("convit")
    fill(page, 1, {**CLAIM, field: bad})
    page.get_by_role("button", name="Check and download").click()
    expect(page.locator(f"#claim-1-{field}-error")).to_have_text(re.compile(" is no (web address|date|name).$"))
    fill(page, 1, {field: good})
    assert getattr(download(page, tmp_path).claims[0], field) == good


def test_of_a_known_paper_the_slug_is_enough(page: Page, tmp_path: Path) -> None:
    """Claims then name it."""
    page.locator("#paper-slug").fill("convit")
    fill(page, 1, CLAIM)
    known = download(page, tmp_path)
    assert (known.papers, known.claims[0].paper) == ((), "convit")


def test_without_javascript_a_file_can_be_taken(browser: Browser) -> None:
    """The form, which could do nothing, is not shown."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built_site() / "submit/index.html").as_uri())
    assert not page.locator("#submission").is_visible()
    href = page.get_by_role("link", name="download this one").get_attribute("href")
    assert load_knowledge_file(built_site() / "submit" / str(href)).claims
    context.close()
