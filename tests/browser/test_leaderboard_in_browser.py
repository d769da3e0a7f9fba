"""The leaderboard in a real browser: sorting, filters, columns, the address."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.leaderboard_page import BOARD, query, shown, values
from tests.site.build.site_fixture import built_site

pytestmark = pytest.mark.browser


def test_a_table_is_sorted_with_the_keyboard(board: Page) -> None:
    """Enter sorts, Enter again turns the order; what was not measured stays at the end; ranks restore the order."""
    ranks = shown(board)
    head = board.locator('th[data-id="gflops-measured"]')
    head.get_by_role("button").focus()
    board.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    rising = [float(value) for value in values(board, "gflops-measured") if value]
    assert rising == sorted(rising)
    board.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    falling = values(board, "gflops-measured")
    assert [float(value) for value in falling if value] == rising[::-1]
    assert falling[len(rising) :] == [""] * (len(falling) - len(rising))
    board.locator('th[data-id="rank"] button').click()
    assert shown(board) == ranks
    assert query(board) == ""


@pytest.mark.parametrize("head", ["model", "year", "evidence", "paper", "code", "data", "parameters-claim"])
def test_every_column_can_be_sorted(board: Page, head: str) -> None:
    """Both ways, without losing a row."""
    ranks = shown(board)
    button = board.locator(f'th[data-id="{head}"] button')
    button.click()
    first = shown(board)
    button.click()
    assert sorted(first) == sorted(shown(board)) == sorted(ranks)
    if head == "model":
        assert first == sorted(first)
        assert shown(board) == first[::-1]


def test_filters_narrow_the_table_and_the_chart(board: Page) -> None:
    """Together; the count says how many are left; the line of the best is gone, since it was drawn for all."""
    marks = board.locator("svg.plot a:visible").count()
    board.get_by_label("Family").select_option("convit")
    assert shown(board) == ["ConViT-B+", "ConViT-B", "ConViT-S+", "ConViT-S", "ConViT-Ti+", "ConViT-Ti"]
    assert board.locator("svg.plot a:visible").count() < marks
    assert board.locator("svg.plot .chart-best:visible").count() == 0
    assert board.locator("form.tools output").text_content() == "6 of 12 models"
    board.get_by_label("Parameters").first.select_option("0-10")
    assert shown(board) == ["ConViT-Ti+", "ConViT-Ti"]
    board.get_by_role("button", name="Reset").click()
    assert len(shown(board)) == 12
    board.get_by_label("Top-1 accuracy measured").check()
    assert len(shown(board)) == 3
    assert "12 models, 3 with a measured Top-1 accuracy." in board.locator("main").inner_text()
    board.get_by_label("Has code").check()
    assert len(shown(board)) == 3
    assert query(board) == "measured=1&code=1"
    assert not board.locator(".empty").is_visible()
    board.get_by_label("Family").select_option(label="DeiT")
    assert (shown(board), board.locator(".empty").is_visible()) == ([], True)


def test_the_address_holds_the_whole_state(board: Page, browser: Browser) -> None:
    """Another window that opens it sees the same; back and forward go through the steps."""
    board.get_by_label("Family").select_option("deit")
    board.locator('th[data-id="gflops-claim"] button').click()
    board.get_by_label("View").select_option("compact")
    board.locator(".tools-columns summary").click()
    board.locator("input[data-shows=top5]").uncheck()
    assert query(board) == "family=deit&view=compact&hide=top5&sort=gflops-claim&order=ascending"
    other = browser.new_page()
    other.goto(board.url)
    assert shown(other) == shown(board)
    assert values(other, "gflops-claim") == ["1", "2", "4.3", "10", "17", "30"]
    assert other.locator("table.compact").count() == 1
    assert not other.locator('th[data-id="top5-claim"]').is_visible()
    other.close()
    for _ in range(4):
        board.go_back()
    assert query(board) == ""
    assert len(shown(board)) == 12
    assert board.locator('th[data-id="top5-claim"]').is_visible()
    board.go_forward()
    assert shown(board)[0] == "DeiT-B"
    assert len(shown(board)) == 6


@pytest.mark.parametrize("address", ["?sort=nonsense&order=up&family=none&hide=,&view=x", "?size=&measured=2", "?%00"])
def test_an_address_that_nobody_wrote_shows_the_whole_board(board: Page, address: str) -> None:
    """What is not known is ignored."""
    board.goto(f"{built_site().as_uri()}/{BOARD}{address}")
    assert len(shown(board)) == 12


def test_columns_are_chosen_with_the_keyboard(board: Page) -> None:
    """A metric's claims and measurements go together; the table keeps its shape."""
    board.locator(".tools-columns summary").focus()
    board.keyboard.press("Enter")
    board.keyboard.press("Tab")
    board.keyboard.press("Space")
    hidden = board.locator('[data-key="top1"]')
    assert hidden.evaluate_all("cells => cells.every(cell => cell.hidden)")
    cells = board.locator("table[data-board] tbody tr").first.locator("> *:visible").count()
    heads = board.locator("th[data-column]:visible").count()
    assert cells == heads
    board.keyboard.press("Space")
    assert board.locator('th[data-id="top1-claim"]').is_visible()
    board.keyboard.press("Escape")
    assert not board.locator("input[data-shows=top1]").is_visible()
    assert board.locator(".tools-columns summary").evaluate("summary => summary === document.activeElement")
