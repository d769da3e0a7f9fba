"""`check`: each exit code, reached by the real command."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pwc_bench.core.record import Status
from tests.cli.gate import IMAGES, SIDES, accuracy, check, check_here, cost, stored, written
from tests.exchange.conftest import Repository, repository
from tests.web_server import slow_server

__all__ = ["repository"]


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
    done = check_here(place, *SIDES)
    assert (done.returncode, done.stderr) == (1, "")
    assert "changed from 5.757 to 5.2 GFLOPs, and nobody has accepted it" in done.stdout


def test_1_where_accuracy_was_lost(place: Path) -> None:
    """Forty images lost and none gained are no chance; `--explain` shows them."""
    written(place / "base.jsonl", accuracy())
    written(place / "new.jsonl", accuracy(wrong=range(0, IMAGES, 10)))
    done = check_here(place, *SIDES, "--explain")
    assert done.returncode == 1
    assert "regressed" in done.stdout
    assert "400 images compared; the first guess changed on 40" in " ".join(done.stdout.split())
    assert "image-00000.jpg" in done.stdout


def test_1_where_it_became_slow(place: Path) -> None:
    """Half as fast is further than runs drift; a tenth slower in a single run is undecided, and said to be."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(speed=50.0))
    assert check_here(place, *SIDES).returncode == 1
    written(place / "new.jsonl", cost(speed=90.0))
    done = check_here(place, *SIDES)
    assert done.returncode == 5
    assert "which may be a loss or the machine" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--baseline", "text.jsonl"), "text.jsonl:1: not JSON"),
        (("--baseline", "changed.jsonl"), "changed.jsonl:1: id "),
        (("--baseline", "new.jsonl", "--candidate", "nowhere.jsonl"), "there is no file or folder nowhere.jsonl"),
        (("--baseline", "https://[::1"), "is not an https address"),
        (("--baseline", "file:///etc/hostname"), "a file is named by its path, without file://"),
        (("--baseline", "https://[::1"), "https://\N{HORIZONTAL ELLIPSIS} is not an https address"),
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
        ((*SIDES, "--set", "least-rouns=3"), "--set least-rouns is not known: did you mean least-rounds?"),
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


@pytest.mark.parametrize(
    ("baseline", "said"),
    [
        ("nowhere.jsonl", "there is no file or folder nowhere.jsonl"),
        ("nowhere", "there is no file or folder nowhere, and no database in which it could be"),
        ("git:main:results", "there is no results in main"),
        ("git:origin/nowhere", "git fetch origin nowhere, then git:FETCH_HEAD"),
        ("git:nowhere~2:results", "git fetch --tags origin "),
        ("git:--help:results", "git knows no revision '--help'"),
    ],
)
def test_3_for_a_baseline_that_is_not_there(repository: Repository, baseline: str, said: str) -> None:
    """No baseline is 3 in every form, and its one line says what is not there and what brings it."""
    repository.write("a", "first")
    repository.commit()
    repository.git("remote", "add", "origin", "https://example.org/models.git")
    written(repository.folder / "new.jsonl", cost())
    done = check_here(repository.folder, "--baseline", baseline, "--candidate", "new.jsonl")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("error: no baseline: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_2_for_what_click_refuses(place: Path) -> None:
    """A wrong format names the ones that exist."""
    done = check_here(place, "--format", "yaml")
    assert done.returncode == 2
    assert all(known in done.stderr for known in ("--format", "yaml", "text", "json", "markdown", "junit", "github"))


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
    done = check_here(place)
    assert done.returncode == 3
    assert "no baseline: results/ holds no published records; publish some" in done.stderr
    (place / "empty.jsonl").write_text("\n")
    done = check_here(place, "--baseline", "empty.jsonl")
    assert done.returncode == 3
    assert "no baseline: empty.jsonl holds no record" in done.stderr
    (place / "elsewhere").mkdir()
    done = check_here(place / "elsewhere", "--candidate", "../empty.jsonl")
    assert done.returncode == 3
    assert "no baseline: there is no folder results/ here" in done.stderr


def test_3_on_another_machine(place: Path) -> None:
    """Speeds of two machines are not compared; --metrics narrows the check to what can be."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(device="Another CPU"))
    done = check_here(place, *SIDES)
    assert done.returncode == 3
    assert "different device Test CPU against Another CPU" in " ".join(done.stdout.split())
    done = check_here(place, *SIDES, "--metrics", "gflops,parameters")
    assert done.returncode == 0
    assert "only the metrics gflops, parameters were compared (command line)" in " ".join(done.stdout.split())
    done = check_here(place, *SIDES, "--metrics", "gflops")
    assert "only the metric gflops was compared (command line)" in " ".join(done.stdout.split())


def test_4_where_something_vanished(place: Path) -> None:
    """A variant or a metric that the baseline has and the candidate lacks, and a failed evaluation."""
    written(place / "base.jsonl", cost("convit-s"), cost("convit-ti"))
    written(place / "new.jsonl", cost("convit-s"))
    assert check_here(place, *SIDES).returncode == 4
    assert check_here(place, *SIDES, "--models", "convit-s").returncode == 0
    failed = replace(cost("convit-ti"), measurements={}, status=Status.FAILED, status_reason="out of memory")
    written(place / "new.jsonl", cost("convit-s"), failed)
    done = check_here(place, *SIDES)
    assert done.returncode == 4
    assert "the candidate's evaluation failed: out of memory" in done.stdout


def test_5_where_nothing_can_be_decided(place: Path) -> None:
    """Too few rounds, and a choice of metrics that neither side holds."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(rounds=10))
    done = check_here(place, *SIDES)
    assert done.returncode == 5
    assert "too few rounds: 20 against 10" in " ".join(done.stdout.split())
    assert check_here(place, *SIDES, "--metrics", "energy").returncode == 5
    assert check_here(place, *SIDES, "--set", "least-rounds=10").returncode == 0


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
    asked = threading.Event()
    with slow_server(0.05, asked) as address:
        command = [sys.executable, "-m", "pwc_bench", "check", "--baseline", address]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert asked.wait(60)  # before that Python itself starts, which an interrupt ends in its own way
        running.send_signal(signal.SIGINT)  # once: a second one may meet a process that is about to end by the first
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
