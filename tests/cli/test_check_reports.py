"""`check`: settings, a plan, the forms of the report, and what it may not import."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pwc_bench.core.metric import Kind
from pwc_bench.metrics import load_metrics
from tests.cli.gate import SIDES, accuracy, check_here, cost, written
from tests.cli.nobody import public_folder, run_as_nobody


def test_settings_files_decide_and_are_named(place: Path) -> None:
    """The report says which limits are not the usual ones, and --show-config where each was said."""
    (place / "pwc-bench.toml").write_text("[check]\nleast-rounds = 10\nbaseline = 'base.jsonl'\n")
    written(place / "base.jsonl", cost(rounds=10))
    written(place / "new.jsonl", cost(rounds=10))
    done = check_here(place, "--candidate", "new.jsonl")
    assert done.returncode == 0
    assert "note: least-rounds is 10 (pwc-bench.toml)" in done.stdout
    done = check_here(place, "--show-config", "--set", "significance=0.05")
    assert done.returncode == 0
    shown = [line.split("  ") for line in done.stdout.splitlines()]
    rows = {line[0]: (line[-1].strip(), done.returncode) for line in shown}
    assert rows["least-rounds"][0] == "pwc-bench.toml"
    assert rows["significance"][0] == "command line"
    assert rows["least-speed-loss"][0] == "default"
    (place / "pwc-bench.toml").write_text("[check]\nleast-rouns = 10\n")
    done = check_here(place)
    assert (done.returncode, done.stderr) == (
        2,
        "error: pwc-bench.toml: [check] least-rouns is not known: did you mean least-rounds?\n",
    )


def test_a_dry_run_says_what_would_be_compared_and_how(place: Path) -> None:
    """Pairs, the kind of test, what cannot be compared and why; it ends with 0."""
    written(place / "base.jsonl", cost(), accuracy(), cost("convit-ti"))
    written(place / "new.jsonl", cost(gflops=1.0, device="Another CPU"), accuracy())
    done = check_here(place, *SIDES, "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    assert "convit-s equal, or accepted: gflops, parameters" in text
    assert "convit-s image by image: top1" in text
    assert "convit-s: throughput: incomparable: different device Test CPU against Another CPU" in text
    assert "convit-ti: missing: the candidate has no record of it" in text
    assert "compare only what it has with --models convit-s" in text
    assert "nothing was judged" in text
    assert "regress" not in text


@pytest.mark.parametrize("form", ["json", "markdown", "junit"])
def test_reports_are_written_whole(place: Path, form: str) -> None:
    """The file holds the form that was asked for, stdout the words for people."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(gflops=5.1))
    done = check_here(place, *SIDES, "--format", form, "--output", "report")
    assert done.returncode == 1
    assert "Exit code 1: a regression." in done.stdout
    report = (place / "report").read_text()
    if form == "json":
        assert json.loads(report)["exit_code"] == 1
    elif form == "junit":
        assert ET.fromstring(report).tag == "testsuites"
    else:
        assert "| " in report
    assert not list(place.glob(".report*"))
    assert check_here(place, *SIDES, "--format", form).stdout == report


def test_github_gets_annotations_and_a_summary(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Annotations go to stdout, the Markdown report to the step's summary, behind what is there."""
    (place / "base").mkdir()
    written(place / "base" / "a.jsonl", cost())
    written(place / "new.jsonl", cost(gflops=5.1))
    (place / "summary.md").write_text("earlier\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place / "summary.md"))
    done = check_here(place, "--baseline", str(place / "base"), "--candidate", "new.jsonl", "--format", "github")
    assert done.returncode == 1
    assert all(line.startswith("::") for line in done.stdout.splitlines())
    assert "::error title=ConViT-S%3A GFLOPs regressed" in done.stdout
    summary = (place / "summary.md").read_text()
    assert summary.startswith("earlier\n")
    assert "GFLOPs" in summary
    assert str(place) not in done.stdout + summary


def test_a_folder_that_may_not_be_written_is_told() -> None:
    """Another user's folder: one line, and no report."""
    with public_folder() as folder:
        written(folder / "base.jsonl", cost())
        written(folder / "new.jsonl", cost())
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (folder / "locked").mkdir(mode=0o555)
        arguments = ("check", *SIDES, "--metrics", "gflops", "--output", "locked/report.md", "--format", "markdown")
        done = run_as_nobody(arguments, folder, "check --baseline base.jsonl --candidate new.jsonl --format markdown")
        assert done.returncode == 2
        assert done.stderr.startswith("error: Permission denied (locked/")
        assert done.stderr.count("\n") == 1
        assert not list((folder / "locked").iterdir())


def test_a_check_imports_no_torch(place: Path) -> None:
    """The gate starts in a moment, on machines without a GPU."""
    written(place / "base.jsonl", cost(), accuracy())
    written(place / "new.jsonl", cost(), accuracy())
    code = (
        "import sys\nfrom pwc_bench.cli.app import app\n"
        f"try:\n    app(['check', *{SIDES!r}, '--explain'], prog_name='pwc-bench')\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stderr.split()).isdisjoint({"torch", "torchvision", "timm", "rich", "sqlalchemy"})


def test_every_kind_of_metric_is_reached() -> None:
    """The campaigns of these tests hold a metric of each gated kind."""
    metrics = load_metrics()
    held = {*cost().measurements, *accuracy()[0].measurements}
    assert {metrics[key].kind for key in held} == {Kind.EXACT, Kind.PAIRED, Kind.SAMPLED}
