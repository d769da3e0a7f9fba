"""`check`: where a baseline and a candidate come from."""

import json
from pathlib import Path

import pytest

from pwc_bench.core.record import record_to_json
from tests.cli.gate import SIDES, accuracy, check_here, cost, stored, written
from tests.exchange.conftest import Repository, repository
from tests.web_server import Web, web

__all__ = ["repository", "web"]


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
    own = check_here(place, *sides, "--metrics", "gflops")
    assert (own.returncode, own.stdout) == (2, "")
    assert "results/accepted.jsonl accepts convit-s gflops" in own.stderr
    assert check_here(place, *sides, "--metrics", "gflops", "--allow-changed-settings").returncode == 0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pwc-bench.toml", '[check]\nmetrics = ["parameters"]\n', "metrics is parameters here (pwc-bench.toml)"),
        (
            "pyproject.toml",
            "[tool.pwc-bench.check]\nleast-speed-loss = 0.9\n",
            "least-speed-loss is 0.9 here (pyproject.toml",
        ),
        ("pwc-bench.toml", '[check]\naccepted = "mine.jsonl"\n', "accepted is mine.jsonl here"),
    ],
)
def test_a_change_is_not_judged_by_its_own_settings(repository: Repository, name: str, text: str, said: str) -> None:
    """Settings that the baseline's revision does not have fail until they are allowed, or are there."""
    place = repository.folder
    written(place / "results" / "a.jsonl", cost())
    repository.commit()
    written(place / "new.jsonl", cost())
    sides = ("--baseline", "git:main:results", "--candidate", "new.jsonl")
    assert check_here(place, *sides).returncode == 0
    (place / name).write_text(text)
    done = check_here(place, *sides)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "--allow-changed-settings" in done.stderr
    assert check_here(place, *sides, "--allow-changed-settings").returncode == 0
    repository.commit()
    assert check_here(place, *sides).returncode == 0


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
    assert (done.returncode, done.stderr) == (
        3,
        "error: pwc-bench.toml: baseline: no baseline: there is no file or folder gone/\n",
    )


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
    assert done.returncode == 3
    assert (
        done.stderr
        == f"error: no baseline: {web.address}/none.jsonl cannot be had: the server answered 404 Not Found\n"
    )


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
