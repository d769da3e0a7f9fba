"""`run` from end to end, with a model that is small enough for a test."""

import json
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from pwc_bench.cli.app import app
from pwc_bench.cli.finish import program_name
from pwc_bench.core.record import Record, Status, WeightsStatus
from pwc_bench.core.record_json import record_from_json
from pwc_bench.store import open_existing_store
from tests.forked import Forked

TINY = '''
"""A model with timm's methods that a CPU runs in no time; `slow` is the same and takes its time."""

import time

import torch
from torch import nn


class Tiny(nn.Module):
    def __init__(self, num_classes, seconds=0.0):
        super().__init__()
        self.seconds = seconds
        self.pool = nn.AdaptiveAvgPool2d(4)
        self.head = nn.Linear(48, num_classes)

    def forward_features(self, x):
        return self.pool(x)

    def forward_head(self, x, pre_logits=False):
        return x.flatten(1) if pre_logits else self.head(x.flatten(1))

    def get_classifier(self):
        return self.head

    def forward(self, x):
        time.sleep(self.seconds)
        return self.forward_head(self.forward_features(x))


def make(num_classes):
    return Tiny(num_classes)


def slow(num_classes):
    return Tiny(num_classes, seconds=0.15)


def broken(num_classes):
    raise ValueError("this factory makes nothing")
'''
METRICS = "top1,parameters,gflops"


@pytest.fixture(autouse=True)
def tiny(place: Path) -> None:
    """Put the small model where it can be imported."""
    (place / "tiny.py").write_text(TINY)


OPTIONS = ("run", "--device", "cpu", "--workers", "2")


@dataclass(frozen=True)
class Done:
    """What a run wrote."""

    stdout: str
    stderr: str


def run(*arguments: str, code: int = 0) -> Done:
    """Run in this process, which imports torch once, and check the exit code and that no fault came through."""
    result = CliRunner().invoke(app, [*OPTIONS, *arguments], prog_name="pwc-bench")
    assert result.exit_code == code, (result.output, result.exception)
    assert isinstance(result.exception, SystemExit | None)
    return Done(result.stdout, result.stderr)


def stored_records(path: str = "results/pwc-bench.db") -> list[Record]:
    """The records of a database, newest first."""
    from pwc_bench.api.places import load_catalogue

    with open_existing_store(path) as store:
        return list(store.archive(load_catalogue()).records())


def test_demo_from_images_to_site(place: Path) -> None:
    """One command measures, stores and renders, and its closing words say where everything is."""
    done = run("--models", "tiny:make", "--metrics", METRICS, "--campaign", "first", "--note", "hello")
    records = {record.dataset: record for record in stored_records()}
    assert set(records) == {None, "demo"}
    measured = records["demo"]
    assert measured.status is Status.COMPLETE
    assert measured.provenance.weights.status is WeightsStatus.PROBE
    assert measured.provenance.note == "hello"
    assert measured.provenance.command == (
        "pwc-bench run --models tiny:make --device cpu --workers 2 --metrics top1,parameters,gflops --campaign first"
    )
    assert measured.measurements["top1"].value > 12.5
    assert (place / "site" / "index.html").is_file()
    assert measured.provenance.predictions is not None
    assert (place / "results" / measured.provenance.predictions.path).is_file()
    assert "Demo top-1" in done.stdout
    assert "says nothing about ImageNet" in done.stdout.replace("\n  ", " ")
    assert f"Campaign  first\nSite      site/index.html\nNext      {program_name()} serve\n" in done.stdout
    assert max(len(line.replace(program_name(), "pwc-bench")) for line in done.stdout.splitlines()) <= 80
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr == ""


def test_json_is_all_that_stdout_holds(place: Path) -> None:
    """With --json each line is a record, as it is stored; no site is made where none is wanted."""
    done = run("--models", "tiny:make", "--metrics", METRICS, "--json", "--no-site", "--db", "elsewhere/x.db")
    printed = [record_from_json(line) for line in done.stdout.splitlines()]
    assert [record.dataset for record in printed] == [None, "demo"]
    assert {record.id for record in printed} == {record.id for record in stored_records("elsewhere/x.db")}
    assert not (place / "site").exists()
    assert not (place / "results").exists()


def test_dry_run_measures_and_makes_nothing(place: Path) -> None:
    """The plan names models, data, device, disk and time; no database, no site, no predictions appear."""
    done = run("--models", "tiny:make", "--metrics", METRICS, "--dry-run", "--limit", "10")
    assert "The plan; nothing was measured:" in done.stdout
    for fact in (
        "tiny:make",
        "demo: 10 of 64 images",
        "top1, gflops, parameters",
        "cpu, fp32, batch size auto: found by measuring",
        "unknown",
    ):
        assert fact in done.stdout
    assert sorted(path.name for path in place.iterdir() if path.name != "__pycache__") == ["cache", "tiny.py"]
    assert "batches of 3\n" in run("--models", "tiny:make", "--dry-run", "--batch-size", "3").stdout
    plan = json.loads(run("--models", "tiny:make", "--dry-run", "--json", "--no-site").stdout)
    assert (plan["batch_size"], plan["is_batch_size_found"]) == (None, False)
    assert plan["images"] == 64
    assert plan["predictions_bytes"] == 64 * 80
    assert plan["site"] is None
    assert plan["seconds_at_least"] is None


def test_the_batch_size_is_found_once_and_stands_on_the_records_page(place: Path) -> None:
    """The second run takes it over, the plan and the doctor tell of it, and `prune --cache` forgets it."""
    arguments = ("--models", "tiny:make", "--metrics", "top1", "--db", "x.db", "--batch-size", "auto")
    run(*arguments)
    run(*arguments)
    second, first = stored_records("x.db")
    size = first.environment.batch_size
    assert first.extra["batch_size"] == second.extra["batch_size"]
    assert second.environment.batch_size == size
    pages = [(place / "site" / "record" / record.id / "index.html").read_text() for record in (first, second)]
    assert all("batch size / images per second / 1<" in page for page in pages)
    assert f"batches of {size} (auto: an earlier run has found it)" in run(*arguments, "--dry-run").stdout.replace(
        "\n               ", " "
    )
    told = CliRunner().invoke(app, ["doctor"]).stdout
    assert f"batch size 1: {size} for tiny:make on " in told
    CliRunner().invoke(app, ["prune", "--cache", "--yes", "--db", "x.db"])
    assert "batch size auto: found by measuring" in run(*arguments, "--dry-run").stdout


def test_dry_run_estimates_from_earlier_records(place: Path) -> None:
    """Where the database knows a model's speed on this device, the plan adds it up."""
    from dataclasses import replace

    from tests.cli.conftest import stored
    from tests.factories import make_measurement, make_record

    record = make_record(
        "convit-ti", None, device="CPU", measurements={"throughput": make_measurement(2.0, "images/s")}
    )
    record = replace(record, environment=replace(record.environment, batch_size=8))
    stored(place / "results" / "pwc-bench.db", [record])
    plan = json.loads(run("--models", "convit-ti", "--dry-run", "--json").stdout)
    assert plan["seconds_at_least"] == 32.0
    assert "at least 32 s" in run("--models", "convit-ti", "--dry-run").stdout


def imagenet_folder(place: Path, *, broken: bool) -> Path:
    """Four photographs of two classes in ImageNet's layout, one of them no image where `broken`."""
    for number, synset in enumerate(("n01440764", "n01443537")):
        folder = place / "imagenet" / "val" / synset
        folder.mkdir(parents=True)
        for image in range(2):
            stream = BytesIO()
            Image.new("RGB", (64, 48), (90 * number, 60 * image, 120)).save(stream, "JPEG")
            (folder / f"{synset}_{image}.JPEG").write_bytes(stream.getvalue())
    if broken:
        (place / "imagenet" / "val" / "n01440764" / "n01440764_0.JPEG").write_bytes(b"no image")
    torch.save({"head.weight": torch.ones(1000, 48), "head.bias": torch.zeros(1000)}, place / "tiny.pth")
    return place / "imagenet"


def test_fewer_images_are_partial_and_no_failure(place: Path) -> None:
    """A part of ImageNet with a checkpoint of one's own ends with 0, and says everywhere that it is a part."""
    imagenet = imagenet_folder(place, broken=False)
    done = run(
        "--models", "tiny:make", "--metrics", METRICS, "--data", str(imagenet), "--weights", "tiny:make=tiny.pth"
    )
    record = next(record for record in stored_records() if record.dataset is not None)
    assert (record.status, record.dataset) == (Status.PARTIAL, "imagenet-1k")
    assert record.provenance.weights.status is WeightsStatus.LOCAL
    assert "--data imagenet " in str(record.provenance.command)
    assert "partial: 4 of 50,000 images" in done.stdout


def test_an_unreadable_image_ends_with_4(place: Path) -> None:
    """The image is named, the others are evaluated, and the run ends with 4."""
    imagenet = imagenet_folder(place, broken=True)
    done = run(
        "--models", "tiny:make", "--metrics", METRICS, "--data", str(imagenet),
        "--weights", "tiny:make=tiny.pth", code=4,
    )  # fmt: skip
    record = next(record for record in stored_records() if record.dataset is not None)
    assert record.provenance.images_seen == 3
    assert "n01440764_0.JPEG" in done.stdout.replace("\n  ", "")


def test_one_failing_model_does_not_stop_the_others(place: Path) -> None:
    """Weights that should be there and are not fail one variant; the other is measured, and the run ends with 4."""
    imagenet = imagenet_folder(place, broken=False)
    done = run(
        "--models", "tiny:make,tiny:slow", "--metrics", "top1", "--data", str(imagenet),
        "--weights", "tiny:make=nowhere.pth", "--weights", "tiny:slow=tiny.pth", code=4,
    )  # fmt: skip
    status = {record.variant: record.status for record in stored_records()}
    assert status == {"tiny:make": Status.FAILED, "tiny:slow": Status.PARTIAL}
    assert "failed" in done.stdout


def test_data_that_is_not_there_ends_with_2(place: Path) -> None:
    """A path without images is bad input, told in one line."""
    done = run("--models", "tiny:make", "--data", "nowhere", code=2)
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_database_that_is_none_ends_with_2(place: Path) -> None:
    """A file that is no database is left as it is."""
    (place / "notes.txt").write_text("dear diary" * 200)
    done = run("--models", "tiny:make", "--metrics", METRICS, "--db", "notes.txt", code=2)
    assert "is not a database" in done.stderr
    assert (place / "notes.txt").read_text() == "dear diary" * 200


def test_ctrl_c_keeps_what_was_measured_and_the_same_command_goes_on(place: Path) -> None:
    """An interrupt ends with 130; stored records stay; the next run continues and measures nothing twice."""
    arguments = ("--models", "tiny:slow", "--metrics", "top1,parameters", "--batch-size", "2", "--json", "--no-site")
    process = subprocess.Popen(
        [sys.executable, "-m", "pwc_bench", *OPTIONS, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = record_from_json(process.stdout.readline())
    assert first.dataset is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"interrupted: 1 record of {first.campaign} kept; the same command goes on from here" in said
    assert "Traceback" not in said
    assert [record.id for record in stored_records()] == [first.id]

    done = run(*arguments)
    printed = [record_from_json(line) for line in done.stdout.splitlines()]
    assert printed[0].id == first.id
    assert {record.campaign for record in printed} == {first.campaign}
    assert "warning: continuing the interrupted campaign" in done.stderr
    assert len(stored_records()) == 2


@pytest.mark.parametrize("seed", [1, 2])
def test_a_command_killed_at_any_moment_continues_to_the_same_end(place: Path, seed: int) -> None:
    """After SIGKILL the same command ends with an undisturbed run's bytes and, but for times, its record."""
    arguments = (
        "--models", "tiny:slow", "--metrics", "top1,nll", "--batch-size", "2", "--no-site", "--campaign", "same",
    )  # fmt: skip
    run(*arguments, "--db", "whole/x.db")
    moment = random.Random(seed).randrange(1, 30)
    command = ["-m", "pwc_bench", *OPTIONS, *arguments, "--db", "killed/x.db"]
    with Forked(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and len(list(place.glob("killed/work/*/shards/1-0/*/*.npz"))) < moment:
            time.sleep(0.01)
        process.kill()
    run(*arguments, "--db", "killed/x.db")
    whole, continued = (stored_records(path)[0] for path in ("whole/x.db", "killed/x.db"))
    assert continued.provenance.predictions == whole.provenance.predictions
    assert {**continued.measurements} == {**whole.measurements}
    assert (
        replace(
            continued,
            started=whole.started,
            duration_seconds=whole.duration_seconds,
            provenance=replace(continued.provenance, command=whole.provenance.command),
        )
        == whole
    )
    assert not list(place.glob("killed/work/*/campaign.json"))


def test_the_python_api_measures_and_publishes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`evaluate` returns the records, stored or not; `publish` renders records and databases alike."""
    import pwc_bench

    monkeypatch.syspath_prepend(str(place))
    records = pwc_bench.evaluate("tiny:make", device="cpu", workers=1, metrics=["top1", "parameters"], folder="here")
    assert [record.dataset for record in records] == [None, "demo"]
    assert (place / "here" / "predictions").is_dir()
    assert not (place / "results").exists()
    report = pwc_bench.publish("one", records=records)
    assert (report.folder, report.pages > 3) == (Path("one"), True)

    kept = pwc_bench.evaluate("tiny:make", device="cpu", workers=1, metrics=["parameters"], db="x.db")
    assert [record.id for record in kept] == [record.id for record in stored_records("x.db")]
    assert pwc_bench.publish("two", db="x.db").pages > 3
    with pytest.raises(pwc_bench.PwcBenchError, match="either db or records"):
        pwc_bench.publish("three", db="x.db", records=records)


LOUD = """
import os, subprocess, sys
from tiny import Tiny

print("at import")


class Loud(Tiny):
    def forward(self, x):
        print("a print")
        os.write(1, b"a native write\\n")
        subprocess.run(["echo", "a child"], check=True)
        return super().forward(x)


def loud(num_classes):
    return Loud(num_classes)


def closing(num_classes):
    sys.stdout.close()
    sys.exit("enough")
"""


def test_standard_output_holds_records_alone_and_reasons_go_to_standard_error(place: Path) -> None:
    """Whatever a model, native code or a child prints, and whatever a model before it has closed."""
    (place / "loud.py").write_text(LOUD)
    folder = place / "data" / "val" / "n01440764"
    folder.mkdir(parents=True)
    Image.new("RGB", (64, 64), (9, 9, 9)).save(folder / "a.JPEG")
    done = subprocess.run(
        [sys.executable, "-m", "pwc_bench", *OPTIONS, "--data", "data", "--models", "loud:closing,loud:loud", "--json",
         "--metrics", "top1", "--batch-size", "1", "--no-site"],
        capture_output=True, text=True, check=False, cwd=place,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    records = [record_from_json(line) for line in done.stdout.splitlines()]
    assert {record.variant: record.status for record in records} == {
        "loud:closing": Status.FAILED,
        "loud:loud": Status.PARTIAL,
    }
    assert "loud:closing: failed: loud:closing failed: it tried to end the program: sys.exit(enough)" in done.stderr
    assert all(said in done.stderr for said in ("at import", "a print", "a native write", "a child"))
