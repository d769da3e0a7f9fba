"""`accept`: one value, for everyone to see, and nothing more."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pwc_bench.cli.app import app
from pwc_bench.core.measurement import Json
from pwc_bench.core.record import Record, Weights, WeightsStatus
from pwc_bench.exchange import read_acceptances
from tests.cli.gate import accuracy, check, check_here, cost, written
from tests.exchange.conftest import Repository, repository

__all__ = ["repository"]

SIDES = ("--baseline", "base.jsonl", "--candidate", "new.jsonl")
ADA = ("--reason", "two blocks fewer", "--by", "Ada Lovelace")


def accept(runner: CliRunner, *arguments: str) -> Result:
    """Run `accept` in this process."""
    return runner.invoke(app, ["accept", *arguments, *SIDES])


def with_weights(record: Record, sha256: str) -> Record:
    """A record of other weights."""
    weights = Weights(WeightsStatus.LOCAL, "mine.pth", sha256)
    return replace(record, provenance=replace(record.provenance, weights=weights))


def test_an_accepted_value_passes_and_the_next_one_fails(place: Path) -> None:
    """The real commands: a change fails, is accepted, passes; another change of the same metric fails again."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(gflops=5.1))
    assert check(place, *SIDES).returncode == 1
    done = check_here(place, "convit-s", "gflops", *ADA, *SIDES, command="accept")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "convit-s gflops: 5.757 -> 5.1, accepted in results/accepted.jsonl\n"
    done = check_here(place, *SIDES)
    assert done.returncode == 0
    assert "accepted by Ada Lovelace on " in " ".join(done.stdout.split())
    assert "two blocks fewer" in " ".join(done.stdout.split())
    written(place / "new.jsonl", cost(gflops=5.2))
    assert check_here(place, *SIDES).returncode == 1


def test_the_line_says_who_when_why_and_what(place: Path, runner: CliRunner) -> None:
    """The value to its last bit, the record that holds it, UTC."""
    record = cost(gflops=0.1 + 0.2)
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", record)
    assert accept(runner, "convit-s", "gflops", *ADA).exit_code == 0
    (line,) = (place / "results" / "accepted.jsonl").read_text().splitlines()
    found = json.loads(line)
    when = found.pop("accepted_at")
    assert when.endswith("Z")
    assert found == {
        "schema": 1,
        "variant": "convit-s",
        "dataset": None,
        "metric": "gflops",
        "metric_version": 1,
        "value": 0.30000000000000004,
        "text": "softmax",
        "reason": "two blocks fewer",
        "accepted_by": "Ada Lovelace",
        "record": record.id,
    }


def test_git_says_who_accepts(repository: Repository, runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name and address of git's settings; where there are none, `--by` is asked for."""
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    written(repository.folder / "base.jsonl", cost())
    written(repository.folder / "new.jsonl", cost(gflops=5.1))
    assert accept(runner, "convit-s", "gflops", "--reason", "right").exit_code == 0
    (found,) = read_acceptances(repository.folder / "results" / "accepted.jsonl")
    assert found.accepted_by == "Ada Lovelace <ada@example.org>"
    repository.git("config", "--unset", "user.name")
    repository.git("config", "--unset", "user.email")
    done = accept(runner, "convit-s", "parameters", "--reason", "right")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "who accepts this? git has neither user.name nor user.email here: say --by NAME" in done.stderr


def test_other_weights_are_accepted_by_their_hash(place: Path) -> None:
    """A checkpoint that was replaced is a change too; it is accepted for its data set."""
    base, content = accuracy()
    written(place / "base.jsonl", (base, content))
    written(place / "new.jsonl", (with_weights(base, "12" * 32), content))
    assert check_here(place, *SIDES).returncode == 1
    done = check_here(place, "convit-s", "weights", *ADA, *SIDES, command="accept")
    assert done.returncode == 0
    assert "convit-s weights on imagenet-1k: abababababab -> 121212121212, accepted" in done.stdout
    assert check_here(place, *SIDES).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("convit-z", "gflops"), "new.jsonl holds no record of 'convit-z'; did you mean 'convit-s'?"),
        (("xyzzy", "gflops"), "holds no record of 'xyzzy' (it holds convit-s, convit-ti)"),
        (("convit-ti", "gflops"), "base.jsonl holds no record of 'convit-ti'"),
        (("convit-s", "gflop"), "no metric is called 'gflop': did you mean 'gflops'?"),
        (("convit-s", "top1"), "top1 is compared by a test and not for equality"),
        (("convit-s", "throughput"), "throughput is compared by a test and not for equality"),
        (("convit-s", "parameters"), "convit-s parameters is the same in the baseline: there is nothing to accept"),
        (("convit-s", "activations"), "new.jsonl holds no activations of convit-s"),
        (("convit-s", "gflops", "--dataset", "demo"), "gflops is a property of the architecture: leave --dataset out"),
        (("convit-s", "weights", "--dataset", "demo"), "new.jsonl holds no weights of convit-s on demo"),
    ],
)
def test_what_cannot_be_accepted(place: Path, runner: CliRunner, arguments: tuple[str, ...], said: str) -> None:
    """One line, exit code 2, and nothing is written."""
    written(place / "base.jsonl", cost(), accuracy())
    written(place / "new.jsonl", cost(gflops=5.1), accuracy(), cost("convit-ti"))
    done = accept(runner, *arguments, *ADA)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (place / "results").exists()


def test_a_value_is_accepted_once(place: Path, runner: CliRunner) -> None:
    """The second time it is said who accepted it before."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(gflops=5.1))
    assert accept(runner, "convit-s", "gflops", *ADA).exit_code == 0
    done = accept(runner, "convit-s", "gflops", *ADA)
    assert done.exit_code == 2
    assert "convit-s gflops was accepted before, by Ada Lovelace at " in done.stderr
    assert len(read_acceptances(place / "results" / "accepted.jsonl")) == 1


def test_another_definition_cannot_be_accepted(place: Path, runner: CliRunner) -> None:
    """Values of two versions of a metric are no two values of one metric."""
    newer = cost(gflops=5.1)
    measured = dict(newer.measurements) | {"gflops": replace(newer.measurements["gflops"], version=2)}
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", replace(newer, measurements=measured))
    done = accept(runner, "convit-s", "gflops", *ADA)
    assert done.exit_code == 2
    assert "gflops was measured by version 2 of its definition, in the baseline by 1" in done.stderr


def test_a_data_set_is_named_where_there_are_several(place: Path, runner: CliRunner) -> None:
    """The weights were evaluated on two data sets: which one is meant is asked."""
    base = accuracy()[0]
    demo = replace(base, dataset="demo")
    written(place / "base.jsonl", base, demo)
    written(place / "new.jsonl", with_weights(base, "12" * 32), with_weights(demo, "12" * 32))
    done = accept(runner, "convit-s", "weights", *ADA)
    assert done.exit_code == 2
    assert "convit-s weights was measured on demo, imagenet-1k: say which with --dataset" in done.stderr
    assert accept(runner, "convit-s", "weights", "--dataset", "demo", *ADA).exit_code == 0


def test_words_are_needed(place: Path, runner: CliRunner) -> None:
    """No reason, an empty one and an empty name are refused."""
    missing = accept(runner, "convit-s", "gflops")
    assert (missing.exit_code, "--reason" in missing.stderr) == (2, True)
    for empty in (("--reason", " "), ("--reason", "x", "--by", "")):
        done = accept(runner, "convit-s", "gflops", *empty)
        assert (done.exit_code, "need some words" in done.stderr) == (2, True)


def test_without_a_baseline_there_is_nothing_to_accept(place: Path, runner: CliRunner) -> None:
    """The first value of all is published, not accepted."""
    (place / "base.jsonl").write_text("")
    written(place / "new.jsonl", cost())
    assert accept(runner, "convit-s", "gflops", *ADA).exit_code == 3


def test_a_damaged_line_stops_check_and_accept(place: Path, runner: CliRunner) -> None:
    """File and line are named, nothing is appended."""
    written(place / "base.jsonl", cost())
    written(place / "new.jsonl", cost(gflops=5.1))
    (place / "results").mkdir()
    (place / "results" / "accepted.jsonl").write_text("\nnothing\n")
    for done in (accept(runner, "convit-s", "gflops", *ADA), runner.invoke(app, ["check", *SIDES])):
        assert done.exit_code == 2
        assert "results/accepted.jsonl:2: not JSON" in done.stderr
    assert (place / "results" / "accepted.jsonl").read_text() == "\nnothing\n"


def test_a_count_in_doubt_is_undecided_until_it_is_accepted(place: Path) -> None:
    """Two counters that differ are named; somebody who has looked into it may let the value pass."""
    record = cost()
    counters: Json = {"counted_by": "fvcore", "differences": {"matmul": {"fvcore": 400, "torch": 1200}}}
    found = record.measurements["gflops"]
    doubted = replace(found, details={**found.details, "counters": counters})
    record = replace(record, measurements={**record.measurements, "gflops": doubted})
    written(place / "base.jsonl", record)
    written(place / "new.jsonl", record)
    done = check_here(place, *SIDES, "--metrics", "gflops")
    assert done.returncode == 5
    assert "matmul (fvcore 400, torch 1,200)" in " ".join(done.stdout.split())
    done = check_here(place, "convit-s", "gflops", *ADA, *SIDES, command="accept")
    assert done.stdout == "convit-s gflops: 5.757, in doubt, accepted in results/accepted.jsonl\n"
    assert check_here(place, *SIDES, "--metrics", "gflops").returncode == 0
