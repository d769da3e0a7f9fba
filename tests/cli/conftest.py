"""A database with a campaign of made-up records, and a place that no environment variable reaches."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.exchange import load_knowledge
from pwc_bench.store import open_store
from tests.factories import make_measurement, make_record


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the current one, and let no setting of this machine in."""
    for name in ("PWC_BENCH_DB", "PWC_BENCH_SITE", "PWC_BENCH_IMAGENET", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PWC_BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def runner() -> CliRunner:
    """Run commands in this process."""
    return CliRunner()


def stored(path: Path, records: Iterable[Record]) -> Path:
    """Store `records`, and the knowledge that ships with the package, in a new database."""
    with open_store(str(path)) as store:
        store.sync_knowledge(load_knowledge())
        for record in records:
            store.add(record)
    return path


def demo_campaign() -> list[Record]:
    """Two variants measured on the demo, one of them partly."""
    return [
        make_record("convit-ti", None, campaign="demo-run", device="CPU"),
        make_record(
            "convit-ti",
            "demo",
            campaign="demo-run",
            device="CPU",
            weights=WeightsStatus.PROBE,
            measurements={"top1": make_measurement(76.56, "%", half_width=10.2)},
        ),
        make_record("convit-s", "demo", campaign="demo-run", measurements={}, status=Status.FAILED, reason="it broke"),
    ]


def imagenet_campaign() -> list[Record]:
    """Three variants on ImageNet: complete, without public weights, and measured on a part of the images."""
    absent = "Nobody published weights of this variant."
    whole = {
        "gflops": Measurement(153.765, "GFLOPs"),
        "parameters": Measurement(153_135_000, ""),
        "throughput": make_measurement(12345.6, "images/s", half_width=25.0),
    }
    return [
        make_record("convit-s", None),
        make_record("convit-b-plus", None, measurements=whole),
        make_record("convit-ti", None, measurements={"gflops": Measurement(1.257, "GFLOPs")}),
        make_record("convit-s", "imagenet-1k"),
        make_record("convit-b-plus", "imagenet-1k", measurements={}, status=Status.PARTIAL, reason=absent),
        make_record("convit-ti", "imagenet-1k", status=Status.PARTIAL, reason="200 of 50,000 images"),
    ]


@pytest.fixture
def database(place: Path) -> Path:
    """Return the default database, filled with both campaigns."""
    return stored(place / "results" / "pwc-bench.db", [*demo_campaign(), *imagenet_campaign()])
