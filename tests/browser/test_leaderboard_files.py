"""The files that a leaderboard saves in a real browser: exactly what is shown."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pwc_bench.core.text_forms import disarmed
from pwc_bench.site.build import publish
from tests.browser.leaderboard_page import BOARD, SVG, download, shown
from tests.core.test_csv_table import KEPT, RUN
from tests.example_archive import example_archive
from tests.factories import make_measurement, make_record
from tests.site.build.site_fixture import built_site

pytestmark = pytest.mark.browser


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


def test_the_browsers_rule_for_csv_is_pythons(browser: Browser) -> None:
    """For the table of fields, and for each character that may stand unseen before or behind a sign."""
    characters = [chr(code) for code in (*range(0x3001), *range(0xFE00, 0x10000))]
    texts = [*KEPT, *RUN, *(f"{each}=1" for each in characters), *(f"-{each}" for each in characters)]
    page = browser.new_page()
    script = (built_site() / "assets" / "save.js").read_text()
    fields = page.evaluate(f"(texts) => {{ {script}; return texts.map(csvField); }}", texts)
    page.close()
    read = [next(csv.reader(io.StringIO(field, newline="")), [""]) for field in fields]
    assert [text for text, found in zip(texts, read, strict=True) if found != [disarmed(text)]] == []


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
