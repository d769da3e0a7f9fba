"""docs/extending.md, executed: its parts as a package of their own, from images to records, board, export and check."""

import importlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from jinja2 import ChoiceLoader, DictLoader
from PIL import Image

from pwc_bench.site.build.rendering import make_environment, render, templates_folder
from pwc_bench.site.parts.page import Page
from tests.example_archive import example_archive
from tests.factories import make_record

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
GROUPS = {
    "colour_nets": "families",
    "two_colours": "datasets",
    "zipped": "sources",
    "worst_class": "metrics",
    "layers": "metrics",
    "lines": "formats",
}


def blocks() -> Iterator[tuple[str, str]]:
    """Yield the page's files: the path that stands before a block, and the block."""
    yield from re.findall(r"`([a-z_/]+)\.py`(?:(?!```).)*?```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder as pip leaves it, with the page's parts as one package."""
    package, info = tmp_path / "lib" / "their_parts", tmp_path / "lib" / "their_parts-1.0.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("")
    found = {Path(name).name: code for name, code in blocks() if name.startswith("their_parts/")}
    assert found.keys() == GROUPS.keys()
    for name, code in found.items():
        (package / f"{name}.py").write_text(code)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-parts\nVersion: 1.0\n")
    offers = "".join(f"[pwc_bench.{group}]\n{name} = their_parts.{name}\n" for name, group in GROUPS.items())
    offers = offers.replace("[pwc_bench.metrics]\nlayers", "layers")  # a section stands once
    (info / "entry_points.txt").write_text(offers)
    return tmp_path


def images(path: Path) -> None:
    """Write a zip file of four red and four blue images."""
    with ZipFile(path, "w") as file:
        for colour, rgb in (("red", (220, 30, 30)), ("blue", (30, 30, 220))):
            for number in range(4):
                stream = io.BytesIO()
                Image.new("RGB", (80, 70 + number), rgb).save(stream, "JPEG")
                file.writestr(f"{colour}/{number}.jpg", stream.getvalue())


def test_one_part_of_each_kind_works_from_images_to_check(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the program is touched: it finds them all by their entry points."""
    monkeypatch.setenv("PYTHONPATH", str(installed / "lib"))
    monkeypatch.setenv("PWC_BENCH_CACHE", str(installed / "cache"))

    def run(*arguments: str, code: int = 0) -> str:
        words = [sys.executable, "-m", "pwc_bench", *arguments]
        done = subprocess.run(words, cwd=installed, capture_output=True, text=True, check=False, timeout=250)
        assert done.returncode == code, done.stderr
        return done.stdout

    for kind, name in (("variants", "colour-net"), ("datasets", "two-colours"), ("metrics", "worst_class")):
        assert name in run("list", kind)
    images(installed / "images.zip")
    make = (
        "import torch; from their_parts.colour_nets import build; m = build(2); w = torch.zeros(2, 48);"
        "w[0, 32:], w[1, :16] = 1, 1; m[2].weight.data, m[2].bias.data = w, torch.zeros(2);"
        "torch.save(m.state_dict(), 'net.pth')"
    )
    subprocess.run([sys.executable, "-c", make], cwd=installed, check=True, timeout=120)
    chosen = ("--models", "colour-net", "--data", "images.zip", "--dataset", "two-colours", "--metrics")
    weights = ("--weights", "colour-net=net.pth", "--campaign", "first")
    said = run("run", *chosen, "top1,worst_class,layers,parameters", *weights, "--db", "results/x.db", "--json")
    records = {record["dataset"]: record for line in said.splitlines() if (record := json.loads(line))}
    accuracy, cost = records["two-colours"]["measurements"], records[None]["measurements"]
    assert (accuracy["top1"]["value"], accuracy["worst_class"]["value"]) == (100.0, 100.0)
    assert cost["layers"]["value"] == 1
    assert records["two-colours"]["provenance"]["source"] == "zip images.zip"

    (installed / "others.lines").write_text("TheirNet top1 97.5\nnonsense\n")
    said = run("import", "others.lines", "--db", "results/x.db")
    assert "1 claim" in said
    assert "1 refused, a line without three fields: for example nonsense" in said
    run("build", "--db", "results/x.db", "--site", "site")
    board = (installed / "site/sota/image-classification-on-two-colours/index.html").read_text()
    assert all(name in board for name in ("TheirNet", "ColourNet", "Worst class", "Two colours"))
    assert "Layers with weights" in (installed / "site/about/index.html").read_text()
    assert "colour-net worst_class 100.0" in run("export", "--format", "lines", "--db", "results/x.db").splitlines()

    run("export", "--format", "jsonl", "--db", "results/x.db", "--output", "base.jsonl")
    check = ("check", "--baseline", "base.jsonl", "--db", "results/x.db", "--metrics", "layers,top1")
    assert "layers" in run(*check)
    more = (installed / "lib/their_parts/layers.py").read_text().replace("for m in modules)", "for m in modules) + 1")
    (installed / "lib/their_parts/layers.py").write_text(more)
    run("run", *chosen, "top1,layers", *weights[:2], "--campaign", "second", "--db", "results/x.db")
    assert "Layers with weights" in run(*check, code=1)


def test_the_page_of_the_page_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module as it stands there, with its template, on an archive with a caveat."""
    (code,) = (code for name, code in blocks() if name.startswith("pwc_bench/"))
    (template,) = re.findall(r"```html\n(.*?)```", PAGE.read_text(), re.DOTALL)
    record = make_record()
    key, measurement = next(iter(record.measurements.items()))
    measured = {key: replace(measurement, caveats=("It was late & dark.",))}
    (tmp_path / "page_of_caveats.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    (kind,) = importlib.import_module("page_of_caveats").KINDS
    page = kind(example_archive((replace(record, measurements=measured),))).page()
    assert isinstance(page, Page)
    environment = make_environment(templates_folder())
    assert environment.loader is not None
    environment.loader = ChoiceLoader([DictLoader({"caveats.html": template}), environment.loader])
    assert "It was late &amp; dark." in render(environment, page)
