"""`check`: each exit code, reached by the real command, and how sides are named."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pwc_bench.core.metric import Kind
from pwc_bench.core.record import Status
from pwc_bench.core.record_json import record_to_json
from pwc_bench.metrics import load_metrics
from pwc_bench.store import open_store
from tests.cli.gate import IMAGES, accuracy, campaign, check, check_here, cost, put_beside, written
from tests.cli.nobody import public_folder, run_as_nobody
from tests.exchange.conftest import Repository, repository
from tests.web_server import Web, slow_server, web

__all__ = ["repository", "web"]

SIDES = ("--baseline", "base.jsonl", "--candidate", "new.jsonl")


def stored(place: Path, *parts: object) -> None:
    """Store records in the default database, with their predictions."""
    found = campaign(*parts)  # type: ignore[arg-type]
    with open_store(str(place / "results" / "pwc-bench.db")) as store:
        for record in found.records:
            store.add(record)
    put_beside(place / "results", found)


# What ends with which code


def test_0_where_nothing_got_worse(place: Path) -> None:
    """Equal counts, equal predictions, equal rounds: by default the newest campaign against results/."""
    written(place / "results" / "published.jsonl", cost(), accuracy())
    stored(place, cost(campaign="new"), accuracy(campaign="new"))
    done = check(place)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("baseline   results\ncandidate  campaign new in results/pwc-bench.db\n")
    assert "Exit code 0: nothing got worse." in " ".join(done.stdout.split())


def test_1_where_a_count_changed(place: Path) -> None:
    """A changed count is a regression whatever its direction."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(gflops=5.2))
    done = check(place, *SIDES)
    assert (done.returncode, done.stderr) == (1, "")
    assert "changed from 5.757 to 5.2 GFLOPs, and nobody has accepted it" in done.stdout


def test_1_where_accuracy_was_lost(place: Path) -> None:
    """Forty images lost and none gained are no chance; `--explain` shows them."""
    written(place / "base.jsonl", accuracy())
    written(place / "new.jsonl", accuracy(wrong=range(0, IMAGES, 10)))
    done = check(place, *SIDES, "--explain")
    assert done.returncode == 1
    assert "regressed" in done.stdout
    assert "400 images compared; the first guess changed on 40" in " ".join(done.stdout.split())
    assert "image-00000.jpg" in done.stdout


def test_1_where_it_became_slow(place: Path) -> None:
    """A tenth slower, round against round."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(speed=90.0))
    assert check(place, *SIDES).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--baseline", "nowhere.jsonl"), "there is no file or folder nowhere.jsonl"),
        (("--baseline", "nowhere"), "there is no file or folder nowhere, and no database in which it could be"),
        (("--baseline", "text.jsonl"), "text.jsonl:1: not JSON"),
        (("--baseline", "changed.jsonl"), "changed.jsonl:1: id "),
        (("--baseline", "git:nowhere:results"), "git knows no revision 'nowhere'"),
        (("--baseline", "git:--help:results"), "git knows no revision '--help'"),
        (("--baseline", "file:///etc/hostname"), "a file is named by its path, without file://"),
        (("--baseline", "ftp://example.org/x"), "ftp://example.org/x is not an https address"),
        (("--baseline", ""), "an empty name says nothing"),
        (("--baseline", "new.jsonl", "--candidate", "campaign:x"), "no database at "),
        (("--baseline", "new.jsonl"), "no database at "),
        ((*SIDES, "--metrics", "top-1"), "no metric is called 'top-1': did you mean 'top1'?"),
        ((*SIDES, "--models", "convit-x"), "no variant is called 'convit-x'; did you mean"),
        ((*SIDES, "--models", "deit"), "--models deit: neither side holds a record of it"),
        ((*SIDES, "--models", "my:thing"), "--models my:thing: neither side holds a record of it"),
        ((*SIDES, "--accepted", "none.jsonl"), "--accepted none.jsonl: there is no such file"),
        ((*SIDES, "--output", "none/report.md"), "--output none/report.md: there is no folder none"),
        ((*SIDES, "--set", "least-rouns=3"), "--set least-rouns: is not known: did you mean least-rounds?"),
    ],
)
def test_2_for_what_cannot_be_right(repository: Repository, arguments: tuple[str, ...], said: str) -> None:
    """One line on stderr, nothing on stdout, no traceback."""
    place = repository.folder
    repository.write("a", "first")
    repository.commit()
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost())
    (place / "text.jsonl").write_text("some text\n")
    (place / "changed.jsonl").write_text((place / "base.jsonl").read_text().replace("5.757", "5.1"))
    done = check_here(place, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_2_for_a_baseline_that_is_not_there(place: Path) -> None:
    """The process itself ends with 2, and its one line says what is not there."""
    done = check(place, "--baseline", "nowhere.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: there is no file or folder nowhere.jsonl\n"


def test_2_for_what_click_refuses(place: Path) -> None:
    """A wrong format names the ones that exist."""
    done = check(place, "--format", "yaml")
    assert done.returncode == 2
    assert "'yaml' is not one of 'text', 'json', 'markdown', 'junit', 'github'" in done.stderr


def test_2_for_a_word_with_two_meanings(place: Path) -> None:
    """A folder that is called like a campaign is never guessed at."""
    stored(place, cost(campaign="nightly"))
    written(place / "nightly" / "a.jsonl", cost())
    done = check_here(place, "--baseline", "nightly")
    assert done.returncode == 2
    assert "'nightly' is a path and a campaign too: say ./nightly or campaign:nightly" in done.stderr
    assert check_here(place, "--baseline", "./nightly").returncode == 0
    assert check_here(place, "--baseline", "campaign:nightly").returncode == 0
    done = check_here(place, "--baseline", "nightlie")
    assert "there is no file or folder or campaign 'nightlie'; did you mean 'nightly'?" in done.stderr


def test_3_without_a_baseline(place: Path) -> None:
    """No folder, an empty one, and an empty file are no baseline: nothing passes."""
    stored(place, cost(campaign="new"))
    done = check(place)
    assert done.returncode == 3
    assert "no baseline: results/ holds no published records; publish some" in done.stderr
    (place / "empty.jsonl").write_text("\n")
    done = check(place, "--baseline", "empty.jsonl")
    assert done.returncode == 3
    assert "no baseline: empty.jsonl holds no record" in done.stderr
    (place / "elsewhere").mkdir()
    done = check(place / "elsewhere", "--candidate", "../empty.jsonl")
    assert done.returncode == 3
    assert "no baseline: there is no folder results/ here" in done.stderr


def test_3_on_another_machine(place: Path) -> None:
    """Speeds of two machines are not compared; --metrics narrows the check to what can be."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(device="Another CPU"))
    done = check(place, *SIDES)
    assert done.returncode == 3
    assert "different device Test CPU against Another CPU" in " ".join(done.stdout.split())
    done = check(place, *SIDES, "--metrics", "gflops,parameters")
    assert done.returncode == 0
    assert "only the metrics gflops, parameters were compared (command line)" in " ".join(done.stdout.split())
    done = check(place, *SIDES, "--metrics", "gflops")
    assert "only the metric gflops was compared (command line)" in " ".join(done.stdout.split())


def test_4_where_something_vanished(place: Path) -> None:
    """A variant or a metric that the baseline has and the candidate lacks, and a failed evaluation."""
    written(place / "base.jsonl", cost("convit-s"), cost("convit-ti"))
    written(place / "new.jsonl", cost("convit-s"))
    assert check(place, *SIDES).returncode == 4
    assert check(place, *SIDES, "--models", "convit-s").returncode == 0
    failed = replace(cost("convit-ti"), measurements={}, status=Status.FAILED, status_reason="out of memory")
    written(place / "new.jsonl", cost("convit-s"), failed)
    done = check(place, *SIDES)
    assert done.returncode == 4
    assert "the candidate's evaluation failed: out of memory" in done.stdout


def test_5_where_nothing_can_be_decided(place: Path) -> None:
    """Too few rounds, and a choice of metrics that neither side holds."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(rounds=10))
    done = check(place, *SIDES)
    assert done.returncode == 5
    assert "too few rounds: 20 against 10" in " ".join(done.stdout.split())
    assert check(place, *SIDES, "--metrics", "energy").returncode == 5
    assert check(place, *SIDES, "--set", "least-rounds=10").returncode == 0


def test_the_gravest_code_wins(place: Path) -> None:
    """1 goes before 4, 4 before 3, 3 before 5."""
    base = written(place / "base.jsonl", cost("convit-s"), cost("convit-ti"))
    few = cost("convit-s", rounds=10)
    slow = cost("convit-s", device="Another CPU")
    assert len(base.read_text().splitlines()) == 2
    written(place / "new.jsonl", few, replace(cost("convit-ti", device="Another CPU")))
    assert check_here(place, *SIDES).returncode == 3
    written(place / "new.jsonl", slow)
    assert check_here(place, *SIDES).returncode == 4
    written(place / "new.jsonl", cost("convit-s", gflops=1.0))
    assert check_here(place, *SIDES).returncode == 1


def test_130_when_interrupted() -> None:
    """Ctrl-C while a server is slow: one line."""
    with slow_server(0.05) as address:
        command = [sys.executable, "-m", "pwc_bench", "check", "--baseline", address]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)
        while running.poll() is None:
            running.send_signal(signal.SIGINT)
            time.sleep(0.5)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_141_when_the_reader_goes_away(place: Path) -> None:
    """A closed pipe ends the command silently."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost())
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "pwc_bench", "check", *SIDES]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


# Where sides come from


def test_a_git_revision_is_a_baseline(repository: Repository) -> None:
    """Records and predictions of another branch, whatever the work tree holds; accepted values of either place."""
    place = repository.folder
    written(place / "results" / "a.jsonl", cost(), accuracy())
    repository.commit()
    (place / "results" / "a.jsonl").unlink()
    written(place / "new.jsonl", cost(gflops=5.1), accuracy(wrong=range(40)))
    done = check_here(place, "--baseline", "git:main:results", "--candidate", "new.jsonl", "--format", "json")
    assert done.returncode == 1
    outcomes = {found["metric"]["key"]: found["outcome"] for found in json.loads(done.stdout)["verdicts"]}
    assert (outcomes["gflops"], outcomes["top1"]) == ("regressed", "regressed")
    sides = ("--baseline", "git:main:results", "--candidate", "new.jsonl")
    for metric in ("gflops",):
        done = check_here(place, "convit-s", metric, "--reason", "fewer blocks", *sides, command="accept")
        assert (done.returncode, done.stderr) == (0, "")
    assert check_here(place, *sides, "--metrics", "gflops").returncode == 0


def test_a_settings_file_may_name_accepted_values_before_there_are_any(place: Path) -> None:
    """The first check runs before the first `accept`, which makes the file."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(gflops=5.1))
    (place / "pwc-bench.toml").write_text('[check]\naccepted = "agreed.jsonl"\nmetrics = ["gflops"]\n')
    assert check_here(place, *SIDES).returncode == 1
    why = ("--reason", "fewer blocks", "--by", "Ada")
    done = check_here(place, "convit-s", "gflops", *why, *SIDES, command="accept")
    assert (done.returncode, done.stderr) == (0, "")
    assert (place / "agreed.jsonl").exists()
    assert check_here(place, *SIDES).returncode == 0


def test_a_settings_file_that_names_no_side_is_told(place: Path) -> None:
    """Nobody typed the name, so the message says where it stands."""
    written(place / "new.jsonl", cost())
    (place / "pwc-bench.toml").write_text('[check]\nbaseline = "gone/"\n')
    done = check_here(place, "--candidate", "new.jsonl")
    assert (done.returncode, done.stderr) == (2, "error: pwc-bench.toml: baseline: there is no file or folder gone/\n")


def test_a_web_address_is_a_baseline(place: Path, web: Web) -> None:
    """Predictions are fetched from beside the records."""
    record, content = accuracy()
    assert record.provenance.predictions is not None
    address = web.serve("/base/a.jsonl", (record_to_json(record) + "\n").encode())
    web.serve("/base/" + record.provenance.predictions.path, content)
    written(place / "new.jsonl", accuracy(wrong=range(40)))
    done = check_here(place, "--baseline", f"{address}?token=secret", "--candidate", "new.jsonl")
    assert done.returncode == 1
    assert "secret" not in done.stdout + done.stderr
    done = check_here(place, "--baseline", f"{web.address}/none.jsonl", "--candidate", "new.jsonl")
    assert done.returncode == 2
    assert done.stderr == f"error: {web.address}/none.jsonl cannot be had: the server answered 404 Not Found\n"


def test_absent_and_changed_predictions_are_no_pass(place: Path) -> None:
    """Accuracy without its images is incomparable, with the reason; a changed file is not believed."""
    base = accuracy()
    written(place / "base.jsonl", base[0])
    written(place / "new.jsonl", accuracy(wrong=[1]))
    done = check_here(place, *SIDES)
    assert done.returncode == 3
    assert "beside its record" in " ".join(done.stdout.split())
    assert base[0].provenance.predictions is not None
    (place / base[0].provenance.predictions.path).write_bytes(base[1] + b"more")
    done = check_here(place, *SIDES)
    assert done.returncode == 3
    assert "does not have the hash that its record names" in " ".join(done.stdout.split())


def test_predictions_are_found_by_their_hash_in_the_database_folder(place: Path) -> None:
    """A baseline without its predictions takes the very same file from where runs keep theirs."""
    base = accuracy()
    stored(place, accuracy(campaign="new"))
    written(place / "elsewhere" / "base.jsonl", base[0])
    assert check_here(place, "--baseline", "elsewhere/base.jsonl").returncode == 0


# Settings, forms, files


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
        "error: pwc-bench.toml: [check] least-rouns: is not known: did you mean least-rounds?\n",
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
        assert done.returncode == (2 if os.geteuid() == 0 else done.returncode)
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
