"""The leaderboard in a real browser: sorting, filters, columns, the address, downloads."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from pwc_bench.core.record import Record
from pwc_bench.publishing import publish
from tests.board_archive import board_archive
from tests.example_archive import example_archive
from tests.factories import make_measurement, make_record
from tests.publishing.site_fixture import built_site

pytestmark = pytest.mark.browser

BOARD = "sota/image-classification-on-imagenet/index.html"
SVG = "{http://www.w3.org/2000/svg}"


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


def test_the_chart_can_be_skipped(board: Page) -> None:
    """With one key more: the next stop is a filter, not the first of its points."""
    skip = board.get_by_role("link", name="Skip the chart")
    skip.focus()
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    board.keyboard.press("Enter")
    board.keyboard.press("Tab")
    assert board.evaluate("document.activeElement.name") == "family"


def download(page: Page, kind: str) -> bytes:
    """What the button saves."""
    with page.expect_download() as waiting:
        page.locator(f"[data-save={kind}]").click()
    assert waiting.value.suggested_filename == f"image-classification-on-imagenet.{kind}"
    return Path(waiting.value.path()).read_bytes()


def test_files_hold_exactly_what_is_shown(board: Page) -> None:
    """CSV and JSON: the rows and columns of the moment in their order, with the digits and words of the cells."""
    board.get_by_label("Family").select_option("convit")
    board.locator('th[data-id="gflops-measured"] button').click()
    board.locator(".tools-columns summary").click()
    board.locator("input[data-shows=top5]").uncheck()
    lines = {line["model"]: line for line in csv.DictReader(io.StringIO(download(board, "csv").decode()))}
    assert list(lines) == shown(board)
    small, missing = lines["ConViT-Ti"], lines["ConViT-S+"]
    assert "top5-measured" not in small
    assert (small["top1-claim"], small["top1-measured"], small["top1-unit"]) == ("73.1", "73.12", "%")
    assert (small["top1-low"], small["top1-high"], small["evidence"]) == ("72.78", "73.46", "reproduced")
    assert (small["top1-difference"], small["top1-status"]) == ("+0.02", "complete")
    assert small["top1-verdict"].startswith("reproduced")
    assert (small["top1-claim-source"], small["top1-setting"]) == ("Table 1", "NVIDIA H200, fp32")
    assert (small["throughput-measured"], small["throughput-unit"]) == ("9412", "images/s")
    assert small["throughput-claim-conditions"] == "Quadro GP100, batch 128"
    assert small["throughput-setting"] == "NVIDIA H200, fp32, batch 64"
    assert (built_site() / "record" / small["top1-record"]).is_dir()
    assert (missing["top1-claim"], missing["top1-measured"], missing["top1-record"]) == ("82.2", "", "")
    assert missing["top1-status"] == "not measured: no public weights"
    assert (lines["ConViT-S"]["top1-status"], lines["ConViT-B"]["gflops-measured"]) == ("partial", "17.52")
    data = json.loads(download(board, "json"))
    assert [line["model"] for line in data] == shown(board)
    assert (data[0]["top1-measured"], data[0]["parameters-measured"], data[2]["gflops-claim"]) == (73.12, 5.71, "5.4")
    assert (data[0]["top1-difference"], data[3]["top1-measured"]) == (0.02, None)


def test_files_keep_trailing_zeros_and_disarm_formulas(browser: Browser, tmp_path: Path) -> None:
    """49.0 stays 49.0 in CSV and beside its number in JSON; a name that a spreadsheet would run becomes a text."""
    top1 = make_measurement(49.0, "%", half_width=0.5)
    own = replace(make_record("timm:x", measurements={"top1": top1}), title='=HYPERLINK("x"),\r-1')
    publish(replace(example_archive((own,)), all_claims=()), tmp_path / "site")
    page = browser.new_page()
    page.goto((tmp_path / "site" / BOARD).as_uri())
    line = next(csv.DictReader(io.StringIO(download(page, "csv").decode())))
    assert (line["top1-measured"], line["top1-low"], line["top1-high"]) == ("49.00", "48.50", "49.50")
    assert line["model"].startswith("'=HYPERLINK")
    found = json.loads(download(page, "json"))[0]
    assert (found["top1-measured"], found["top1-measured-text"], found["model"][:10]) == (49, "49.00", "=HYPERLINK")
    page.close()


def test_pictures_hold_exactly_what_is_shown(board: Page) -> None:
    """The chart of the moment as SVG, without what is filtered away, and as PNG at twice the size."""
    whole = ET.fromstring(download(board, "svg"))
    marks = list(whole.iter(f"{SVG}a"))
    assert marks
    assert not any("href" in name for mark in marks for name in mark.attrib)
    assert all(mark.findtext(f"{SVG}title") for mark in marks)
    board.get_by_label("Family").select_option("deit")
    part = ET.fromstring(download(board, "svg"))

    def circles(root: ET.Element) -> int:
        return sum("visibility: hidden" not in (mark.get("style") or "") for mark in root.iter(f"{SVG}a"))

    assert circles(part) < circles(whole)
    assert part.get("width") == whole.get("width")
    png = download(board, "png")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20]) == int(2 * float(whole.get("width", "0")))


def test_charts_are_reached_without_a_script(browser: Browser) -> None:
    """Tabs are links; every point has a name and an address; the filters that need a script are not shown."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{built_site().as_uri()}/{BOARD}")
    assert not page.locator("form.tools").is_visible()
    page.get_by_role("link", name="Top-1 accuracy over time").click()
    assert page.url.endswith("/over-time/index.html")
    names = page.locator("svg.plot a").evaluate_all("marks => marks.map(mark => mark.getAttribute('aria-label'))")
    assert any("ConViT-S, claimed: 81.3 %, published 2021-03-19" in name for name in names)
    page.get_by_role("link", name="Top-1 accuracy against GFLOPs").click()
    assert page.url.endswith(BOARD)
    context.close()


def test_the_chart_fits_phones_with_names_of_its_own(browser: Browser) -> None:
    """One drawing: letters keep their size, names stand where a narrow plot has room."""
    page = browser.new_page(viewport=ViewportSize(width=390, height=844))
    page.goto(f"{built_site().as_uri()}/{BOARD}")
    assert page.locator(".chart-narrow[aria-hidden]").is_visible()
    assert not page.locator(".chart-wide[aria-hidden]").is_visible()
    boxes = page.locator("svg.plot text:visible").evaluate_all(
        "texts => texts.map(text => text.getBoundingClientRect()).map(box => [box.left, box.right])"
    )
    assert min(left for left, _ in boxes) >= 0
    assert max(right for _, right in boxes) <= 390
    page.close()


@pytest.fixture
def machines(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A board of three models on several machines: ConViT-S on both, each other one on one of them."""

    def record(variant: str, speed: float, device: str, precision: str, started: str) -> Record:
        speeds = {"throughput": make_measurement(speed, "images/s"), "gflops": make_measurement(5.0, "GFLOPs")}
        found = make_record(variant, None, measurements=speeds, device=device, started=started)
        return replace(found, environment=replace(found.environment, precision=precision))

    records = (
        record("convit-s", 3000, "NVIDIA H200", "bf16", "2026-03-01T00:00:00Z"),
        record("convit-s", 1000, "NVIDIA A100", "fp16", "2026-02-01T00:00:00Z"),
        record("convit-b", 500, "NVIDIA A100", "fp16", "2026-02-01T00:00:00Z"),
        record("convit-ti", 9000, "NVIDIA H200", "fp16", "2026-02-01T00:00:00Z"),
        make_record("convit-s"),
    )
    publish(example_archive(records), tmp_path / "site")
    page = browser.new_page()
    page.goto((tmp_path / "site" / BOARD).as_uri())
    yield page
    page.close()


def test_a_machines_filter_shows_what_was_measured_there(machines: Page) -> None:
    """Every model with a record under it, with that record's number; one of another machine is grey and names it."""
    discs = machines.locator("svg.plot a.chart-measured:visible:has(circle)")
    assert (len(values(machines, "throughput-measured")), discs.count()) == (12, 1)
    machines.get_by_label("Hardware").select_option(label="NVIDIA A100")
    assert shown(machines) == ["ConViT-B", "ConViT-S"]
    assert values(machines, "throughput-measured") == ["500", "1000"]
    assert machines.locator(".elsewhere .at:visible").all_text_contents() == ["NVIDIA H200, fp32"] * 2
    assert machines.locator(".measured-cell .value:visible").count() == 6
    assert discs.count() == 0
    assert machines.locator("form .note:visible").count() == 1
    saved = list(csv.DictReader(io.StringIO(download(machines, "csv").decode())))[1]
    assert (saved["throughput-measured"], saved["throughput-setting"]) == ("1000", "NVIDIA A100, fp16, batch 64")
    assert (saved["top1-measured"], saved["top1-setting"]) == ("81.30", "NVIDIA H200, fp32")
    machines.get_by_label("Precision").select_option("bf16")
    assert (shown(machines), machines.locator(".empty").is_visible()) == ([], True)
    assert machines.locator("svg.plot .chart-best:visible").count() == 0
    machines.get_by_label("Hardware").select_option(label="NVIDIA H200")
    assert values(machines, "throughput-measured") == ["3000"]
    machines.get_by_role("button", name="Reset").click()
    assert machines.locator(".elsewhere").count() == 0
    assert machines.locator("form .note:visible").count() == 0


def test_an_order_across_machines_is_called_none(machines: Page) -> None:
    """Beside the table, as long as it is sorted so; counts can be compared."""
    machines.locator('th[data-id="throughput-measured"] button').click()
    assert [value for value in values(machines, "throughput-measured") if value] == ["9000", "3000", "500"]
    assert "no ranking" in machines.locator("form .note:visible").inner_text()
    machines.get_by_label("Precision").select_option("fp16")
    assert "no ranking" in machines.locator("form .note:visible").last.inner_text()
    machines.get_by_label("Hardware").select_option(label="NVIDIA A100")
    assert machines.locator("form .note:visible").count() == 1
    machines.get_by_role("button", name="Reset").click()
    machines.locator('th[data-id="gflops-measured"] button').click()
    assert machines.locator("form .note:visible").count() == 0


@pytest.fixture(scope="module")
def long_board(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a board of 150 models."""
    site = tmp_path_factory.mktemp("long") / "site"
    publish(board_archive(150, measured=3), site)
    return (site / BOARD).as_uri()


def test_a_long_board_lists_its_first_forty_rows_and_all_on_demand(browser: Browser, long_board: str) -> None:
    """Filters and sorting look at all of them, files hold all of them, and the address says whether all are listed."""
    page = browser.new_page()
    page.goto(long_board)
    assert len(shown(page)) == 40
    assert page.locator("form.tools output").text_content() == "150 models"
    assert len(json.loads(download(page, "json"))) == 150
    assert "listed or not" in (page.locator(".tools-as").get_attribute("title") or "")
    marks = list(ET.fromstring(download(page, "svg")).iter(f"{SVG}a"))
    assert all(mark.findtext(f"{SVG}title") for mark in marks)
    page.locator('th[data-id="top1-claim"] button').click()
    page.locator('th[data-id="top1-claim"] button').click()
    lowest = [float(value) for value in values(page, "top1-claim")]
    assert lowest == sorted(lowest)
    page.get_by_label("List all rows").check()
    assert len(shown(page)) == 150
    assert "all=1" in query(page)
    page.get_by_label("Parameters").first.select_option("0-10")
    assert 0 < len(shown(page)) < 40
    assert not page.get_by_label("List all rows").is_visible()
    page.close()


def test_a_long_board_is_whole_without_a_script_and_on_paper(browser: Browser, long_board: str) -> None:
    """Every row is there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(long_board)
    assert page.locator("table[data-board] tbody tr:visible").count() == 150
    context.close()
    page = browser.new_page()
    page.goto(long_board)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(shown(page)) == 150
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(shown(page)) == 40
    page.close()


def test_points_of_a_long_board_lead_to_their_rows(browser: Browser, long_board: str) -> None:
    """They are named by the row, by keyboard too, and say their number when pointed at."""
    page = browser.new_page()
    page.goto(long_board)
    point = page.locator("svg.plot a.chart-claim[href='#m4']")
    name = page.locator("#m4").text_content() or ""
    assert point.evaluate("mark => mark.getAttribute('aria-labelledby')") == "m4 chart-claim"
    point.dispatch_event("pointerover")
    assert (point.locator("title").text_content() or "").startswith(f"{name}, claim: ")
    point.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#m4")
    page.locator("svg.plot a[href='#m140']").first.dispatch_event("click")
    page.locator("#m140").wait_for()
    assert len(shown(page)) == 150
    page.reload()
    assert len(shown(page)) == 150
    page.close()
