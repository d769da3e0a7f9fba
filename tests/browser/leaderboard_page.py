"""A leaderboard in a browser: what it shows, says in its address, and saves."""

from pathlib import Path

from playwright.sync_api import Page

__all__ = ["BOARD", "SVG", "download", "query", "shown", "values"]

BOARD = "sota/image-classification-on-imagenet/index.html"
SVG = "{http://www.w3.org/2000/svg}"


def shown(page: Page) -> list[str]:
    """The models that are shown, in order."""
    return page.locator("table[data-board] tbody:not([hidden]) tr th").all_text_contents()


def values(page: Page, head: str) -> list[str]:
    """The numbers of a column in order, "" where there is none."""
    column = page.locator(f'th[data-id="{head}"]').get_attribute("data-column")
    read = """(rows, column) => rows.map(row => row.cells[column]).map(cell =>
        (cell.querySelector('.num') ?? (cell.firstChild?.nodeType === 3 ? cell : null))?.textContent ?? '')"""
    found = page.locator("table[data-board] tbody:not([hidden]) tr").evaluate_all(read, column)
    return [str(value).replace(",", "") for value in found]


def query(page: Page) -> str:
    """The part of the address behind the question mark."""
    return page.url.partition("?")[2]


def download(page: Page, kind: str) -> bytes:
    """What the button saves."""
    with page.expect_download() as waiting:
        page.locator(f"[data-save={kind}]").click()
    assert waiting.value.suggested_filename == f"image-classification-on-imagenet.{kind}"
    return Path(waiting.value.path()).read_bytes()
