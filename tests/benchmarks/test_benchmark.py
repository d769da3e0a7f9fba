"""The benchmark's machinery, on a tiny model and a handful of files: what it says holds, whatever the speed."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from pwc_bench.core.instruments import Settings
from pwc_bench.core.metric import Better
from pwc_bench.core.variant import Variant
from pwc_bench.datasets import load_datasets
from tests.benchmarks import bf16, forward
from tests.benchmarks.__main__ import main
from tests.benchmarks.bench import Bench
from tests.benchmarks.bf16 import flip_facts, stays_within
from tests.benchmarks.comparison import Comparison, LeftOut, in_turns
from tests.benchmarks.files import DATASET, Files, lay_out, make_photograph, open_files, spread_out
from tests.benchmarks.pelican import build as build_peer
from tests.benchmarks.pelican import is_installed
from tests.benchmarks.pelican import lay_out as lay_out_peer
from tests.benchmarks.tiny import TINY

MODEL = "tests.benchmarks.tiny:TINY"
OPTIONS = ("--models", MODEL, "--device", "cpu", "--batch-size", "4", "--workers", "2", "--seconds", "0.1")
CLASSES = load_datasets()[DATASET].classes

SECTIONS_HERE = "decode,loading,forward,bf16,whole"
"""Those that need no processes of their own."""

# From Python 3.12 on, starting timm's workers by fork beside threads draws a warning; it is how timm starts them.
forks = pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")


def _size_px(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def bench_of(files: Files, variants: Sequence[Variant], folder: Path) -> Bench:
    """A benchmark that takes no time."""
    return Bench(
        files=files,
        models=MODEL,
        variants=variants,
        settings=Settings(batch_size=2),
        precisions=("fp32",),
        images_are_asked_for=True,
        rounds=1,
        seconds=0.0,
        scratch=folder,
        results=folder,
        name="test",
        say=lambda _: None,
    )


@forks
def test_a_run_gives_a_table_and_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pixels and top-5 are compared, ratios are finite, the table fits a terminal, and a page can be had of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tests.benchmarks.bf16.native_bf16", lambda: "a test")
    options = ("--images", "10", "--rounds", "2", "--only", SECTIONS_HERE)
    files = ("--output", "found.json", "--markdown", "docs/found.md")
    assert main([*OPTIONS, *options, *files]) == 0
    said = capsys.readouterr()
    assert all(len(line) <= 80 for line in said.out.splitlines())
    assert "decode and preprocess, one core" in said.out
    assert "Left out, forward: none of the models has a fused implementation." in said.out
    assert "laying out the files" in said.err

    found = json.loads((tmp_path / "found.json").read_text())
    assert found["environment"]["device_type"] == "cpu"
    assert found["files"].startswith("10 of smoothed noise made here")
    assert [left["section"] for left in found["left_out"]] == ["forward"]
    by_section = {
        comparison["section"]: comparison for comparison in reversed(found["comparisons"])
    }  # the first of each
    assert set(by_section) == {"decode", "loading", "bf16", "whole"}
    for comparison in found["comparisons"]:
        assert math.isfinite(comparison["ratio"])
        assert comparison["ratio"] > 0.0
        assert len(comparison["ours"]) == len(comparison["theirs"])
    assert by_section["decode"]["note"] == "pixels identical in 10 of 10 images"
    whole = by_section["whole"]["facts"]
    assert whole["top5_compared"] == whole["top5_same"] == 10
    assert whole["top5_top1_flips"] == 0
    precision = by_section["bf16"]["facts"]
    assert precision["images"] == 10
    assert isinstance(precision["flips_stay_within"], bool)
    assert not list(tmp_path.glob("results/*"))

    page = (tmp_path / "docs" / "found.md").read_text()
    assert f"Machine: {found['environment']['device']}, " in page
    assert "## A whole evaluation: files and weights in, predictions out" in page
    assert "- forward: none of the models has a fused implementation" in page
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| what")]
    assert len(rows) == len(found["comparisons"])
    assert all(row.count("|") == 6 for row in rows)


def test_flips_are_weighed_against_the_accuracys_own_interval() -> None:
    """At the worst each flip gains or loses one right answer; with none right there is none to lose."""
    assert stays_within(right=150, images=200, flips=0)
    assert stays_within(right=150, images=200, flips=10)
    assert not stays_within(right=150, images=200, flips=11)
    assert stays_within(right=0, images=200, flips=3)
    assert not stays_within(right=0, images=200, flips=4)
    wanted, found, labels = torch.tensor([1, 2, 3, 4]), torch.tensor([1, 2, 3, 5]), torch.tensor([1, 2, 0, 5])
    facts = flip_facts(wanted, found, labels)
    assert (facts["images"], facts["top1_flips"], facts["right_in_fp32"]) == (4, 1, 2)


def test_bf16_is_left_out_where_the_processor_lacks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There it would be a slow detour by fp32."""
    monkeypatch.setattr("tests.benchmarks.bf16.native_bf16", lambda: None)
    (left,) = bf16.run(bench_of(lay_out(tmp_path, CLASSES, 1, None), [TINY], tmp_path))
    assert isinstance(left, LeftOut)
    assert "no instructions of its own" in left.reason


@pytest.mark.slow
@forks
def test_memory_and_records_need_processes_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides' peaks are found, and records lie under results/."""
    monkeypatch.chdir(tmp_path)
    assert main([*OPTIONS, "--images", "6", "--only", "memory,records,scaling", "--output", "found.json"]) == 0
    found = json.loads((tmp_path / "found.json").read_text())
    peak, growth = (comparison for comparison in found["comparisons"] if comparison["section"] == "memory")
    assert min(peak["ours"][0], peak["theirs"][0]) > 50.0
    assert growth["facts"]["files"] == [6, 60]
    assert growth["note"].startswith("under 4 GiB at both sizes")
    assert {"scaling"} <= {comparison["section"] for comparison in found["comparisons"]}
    (records,) = tmp_path.glob("results/*.jsonl")
    assert {"throughput", "mfu"} <= set(json.loads(records.read_text().splitlines()[0])["measurements"])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--only", "decod"), "--only 'decod'"),
        (("--precision", "fp8"), "--precision 'fp8'"),
        (("--data", "."), "holds no JPEG"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    reason: str,
) -> None:
    """With exit code 2, and no file is written."""
    monkeypatch.chdir(tmp_path)
    assert main([*OPTIONS, "--images", "2", *options]) == 2
    assert reason in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_fused_models_are_timed_beside_the_reference(tmp_path: Path) -> None:
    """The same weights on both sides; a fused model that answers otherwise shows its flips."""

    class Negated(nn.Module):
        """Says the opposite."""

        def __init__(self, model: nn.Module) -> None:
            super().__init__()
            self.model = model

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            """Return negated logits."""
            logits: torch.Tensor = -self.model(images)
            return logits

    same, opposite = replace(TINY, fuse=lambda model: model), replace(TINY, fuse=Negated)
    files = lay_out(tmp_path, CLASSES, 1, None)
    first, second = forward.run(bench_of(files, [same, opposite], tmp_path))
    assert isinstance(first, Comparison)
    assert isinstance(second, Comparison)
    assert (first.facts["top1_flips"], first.facts["largest_difference"], first.note) == (0, 0.0, None)
    assert second.note == "2 top-1 flips"


def test_files_are_made_repeated_and_spread(tmp_path: Path) -> None:
    """Copies of a file are cut and encoded anew; links to a part of them are spread evenly."""
    data = tmp_path / "data"
    data.mkdir()
    for number in range(2):
        make_photograph(number).resize((64, 48)).save(data / f"{number}.jpg")
    files = lay_out(tmp_path / "files", CLASSES, 5, data)
    assert files.origin == "JPEG files of data, repeated and re-encoded from 2"
    assert files.paths[0].read_bytes() == (data / "0.jpg").read_bytes()
    assert len({path.read_bytes() for path in files.paths}) == 5
    assert [_size_px(path)[0] for path in files.paths] == [64, 64, 63, 63, 62]
    source = open_files(spread_out(files, 2, tmp_path / "some"))
    assert [item.name[-11:] for item in source.items] == ["000000.JPEG", "000002.JPEG"]
    source.close()


def test_made_photographs_weigh_about_what_photographs_weigh(tmp_path: Path) -> None:
    """So that reading and decoding them costs about the same: some 110 kB at ImageNet's sizes."""
    files = lay_out(tmp_path, CLASSES, 8, None)
    assert 60_000 < files.mean_bytes < 160_000
    assert max(max(_size_px(path)) for path in files.paths) == 640


def test_a_ratio_says_how_many_times_as_good_ours_is() -> None:
    """Higher rates and lower memory are better alike; a single round has no interval."""
    faster = Comparison(section="s", what="w", unit="images/s", ours=(20.0, 21.0, 22.0), theirs=(10.0, 10.5, 11.0))
    assert faster.ratio == 2.0
    assert faster.interval == pytest.approx((2.0, 2.0))
    smaller = Comparison(section="s", what="w", unit="MiB", ours=(50.0,), theirs=(100.0,), better=Better.LOWER)
    assert smaller.ratio == 2.0
    assert smaller.interval is None
    uneven = replace(smaller, ours=(50.0, 60.0, 70.0), theirs=(100.0, 90.0, 110.0))
    assert uneven.interval is not None
    assert uneven.interval[0] < uneven.ratio < uneven.interval[1]


def test_both_sides_have_their_turn_and_the_first_one_changes() -> None:
    """Ours, theirs; theirs, ours; ours, theirs."""
    turns: list[str] = []

    def side(name: str) -> float:
        turns.append(name)
        return float(len(turns))

    ours, theirs = in_turns(3, lambda: side("ours"), lambda: side("theirs"))
    assert turns == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert np.array_equal((ours, theirs), [(1, 4, 5), (2, 3, 6)])


@pytest.mark.browser
def test_a_site_is_built_beside_its_peer_and_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few pages: rates where there is a Pelican, a word on how to get it where there is none; times in a browser."""
    monkeypatch.chdir(tmp_path)
    assert main([*OPTIONS, "--images", "1", "--only", "site", "--output", "found.json"]) == 0
    found = json.loads((tmp_path / "found.json").read_text())
    shown = {comparison["what"]: comparison for comparison in found["comparisons"]}
    assert {"DOM ready, 20 rows", "sort, 20 rows", "filter, 20 rows", "first search result, 40 papers"} <= set(shown)
    assert all(value > 0.0 for comparison in shown.values() for value in comparison["ours"])
    if is_installed():
        assert shown["site, 1 process"]["facts"]["peer_pages"] == 40
    else:
        assert any("pip install pelican" in left["reason"] for left in found["left_out"])


def test_the_peers_seconds_are_its_own(tmp_path: Path) -> None:
    """An article holds what our page holds: its text and its JSON-LD; a build that fails says so."""
    page = tmp_path / "index.html"
    data = '<script type="application/ld+json">{}</script>'
    page.write_text(f"<html><head><title>x</title>\n{data}</head><body>\n<p>Text</p>\n</body></html>")
    lay_out_peer(tmp_path / "peer", [page])
    article = (tmp_path / "peer" / "content" / "0.html").read_text()
    assert f"<body>{data}\n<p>Text</p>\n</body>" in article
    with pytest.raises(RuntimeError, match="pelican: "):
        build_peer(tmp_path, afresh=True)
