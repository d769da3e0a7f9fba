"""A leaderboard of several machines in a real browser: filters by hardware and precision, orders that mix them."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pwc_bench.core.record import Record
from pwc_bench.site.build import publish
from tests.browser.leaderboard_page import BOARD, download, shown, values
from tests.example_archive import example_archive
from tests.factories import make_measurement, make_record

pytestmark = pytest.mark.browser


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
    assert machines.locator(".elsewhere .value:visible").all_text_contents() == ["9,000"]
    assert machines.locator("form .note:visible").count() == 0


def test_an_order_never_mixes_machines(machines: Page) -> None:
    """Speeds are ordered in the setting of most models; one of another stands behind them, grey, and names its own."""
    machines.locator('th[data-id="throughput-measured"] button').click()
    assert [value for value in values(machines, "throughput-measured") if value] == ["1000", "500", "9000"]
    assert machines.locator(".elsewhere .sub:visible").all_text_contents() == ["NVIDIA H200, fp16, batch 64"]
    assert "NVIDIA A100, fp16, batch 64" in machines.locator("#conditions").inner_text()
    machines.get_by_label("Precision").select_option("fp16")
    assert [value for value in values(machines, "throughput-measured") if value] == ["1000", "500"]
    machines.get_by_label("Hardware").select_option(label="NVIDIA H200")
    assert [value for value in values(machines, "throughput-measured") if value] == ["9000"]


def test_a_chosen_machine_goes_along_to_other_pages(machines: Page) -> None:
    """Through links, as long as it stands in the address; the column then names its setting. Reset forgets it."""
    machines.get_by_label("Hardware").select_option(label="NVIDIA H200")
    machines.get_by_label("Precision").select_option("bf16")
    conditions = machines.locator('[data-of="throughput-measured"]')
    assert conditions.inner_text() == "NVIDIA H200, bf16, batch 64"
    machines.get_by_role("link", name="ConViT-S", exact=True).first.click()
    machines.wait_for_url("**/model/convit-s/index.html?*")
    assert "hardware=nvidia-h200&precision=bf16" in machines.url
    machines.go_back()
    assert conditions.inner_text() == "NVIDIA H200, bf16, batch 64"
    machines.get_by_role("button", name="Reset").click()
    assert conditions.inner_text() == "NVIDIA A100, fp16, batch 64"
    machines.get_by_role("link", name="ConViT-S", exact=True).first.click()
    machines.wait_for_url("**/model/convit-s/index.html")


def test_a_machine_that_a_board_lacks_stays_in_the_address(machines: Page) -> None:
    """And changes nothing there: no row is left out."""
    machines.goto(f"{machines.url}?precision=int8&implementation=fused")
    assert machines.locator("tbody tr:visible").count() == 12
    machines.get_by_label("Has code").check()
    assert "precision=int8" in machines.url
    assert "implementation=fused" in machines.url
