"""`prune`: what nobody needs goes, and nothing else does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from pwc_bench.api.places import using
from pwc_bench.cli.app import app
from pwc_bench.core.files import write_sealed
from pwc_bench.core.record import PredictionsFile, Record, record_to_json
from pwc_bench.store import open_existing_store
from tests.cli.conftest import stored
from tests.factories import make_record


def with_predictions(record: Record, name: str) -> Record:
    """The record, with a predictions file of that name."""
    return replace(
        record, provenance=replace(record.provenance, predictions=PredictionsFile(f"predictions/{name}", "ab" * 32))
    )


@pytest.fixture
def results(place: Path) -> Path:
    """A database of three campaigns, each with its predictions, and files that nobody refers to."""
    folder = place / "results"
    records = [
        with_predictions(make_record(campaign=name, started=f"2026-01-0{day}T00:00:00Z"), f"{name}.parquet")
        for day, name in enumerate(("first", "second", "third"), start=1)
    ]
    stored(folder / "pwc-bench.db", records)
    (folder / "predictions").mkdir()
    for name in ("first", "second", "third", "stray", "published"):
        (folder / "predictions" / f"{name}.parquet").write_bytes(b"x" * 100)
    published = with_predictions(make_record(campaign="published"), "published.parquet")
    (folder / "published.jsonl").write_text(f"{record_to_json(published)}\n{{}}\n")
    for name, campaign in (("aa", "third"), ("bb", "lost")):
        (folder / "work" / name / "shards").mkdir(parents=True)
        write_sealed(folder / "work" / name / "campaign.json", json.dumps({"campaign": campaign}).encode())
        (folder / "work" / f"{name}.lock").touch()
    (folder / "work" / "cc").mkdir()
    return folder


@contextmanager
def running(lock: Path) -> Iterator[None]:
    """Hold a work folder's lock in another process, as a run does."""
    code = f"from filelock import FileLock\nwith FileLock({str(lock)!r}):\n    print('held', flush=True)\n    input()\n"
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    yield
    holder.communicate("\n", timeout=20)


def names(folder: Path) -> list[str]:
    """The names in a folder, by name."""
    return sorted(path.name for path in folder.iterdir())


def campaigns(folder: Path) -> list[str]:
    """The stored campaigns, newest first."""
    with open_existing_store(str(folder / "pwc-bench.db")) as store:
        return [campaign.name for campaign in store.campaigns()]


def prune(runner: CliRunner, *arguments: str) -> str:
    """Prune without being asked, and return what it said."""
    result = runner.invoke(app, ["prune", "--yes", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_no_record_needs_goes(runner: CliRunner, results: Path) -> None:
    """Stray predictions and unfinished work go; campaigns, their predictions and published ones stay."""
    assert "are free again" in prune(runner)
    assert names(results / "predictions") == ["first.parquet", "published.parquet", "second.parquet", "third.parquet"]
    assert names(results / "work") == []
    assert campaigns(results) == ["third", "second", "first"]
    assert prune(runner) == "There is nothing to delete.\n"


def test_keep_the_newest(runner: CliRunner, results: Path) -> None:
    """All campaigns but the newest go, with their predictions."""
    prune(runner, "--keep", "1")
    assert campaigns(results) == ["third"]
    assert names(results / "predictions") == ["published.parquet", "third.parquet"]


def test_one_campaign_with_its_unfinished_work(runner: CliRunner, results: Path) -> None:
    """A named campaign goes; the unfinished work of others stays."""
    prune(runner, "--campaign", "third")
    assert campaigns(results) == ["second", "first"]
    assert names(results / "work") == ["bb", "bb.lock", "cc"]
    prune(runner, "--campaign", "lost")
    assert names(results / "work") == ["cc"]


def test_a_run_that_is_going_on_is_left_alone(runner: CliRunner, results: Path) -> None:
    """While a run holds its work folder, that folder, its campaign's records and every predictions file stay."""
    with running(results / "work" / "aa.lock"):
        assert "kept         third, whose run is still going on" in prune(runner, "--keep", "0")
        refused = runner.invoke(app, ["prune", "--yes", "--campaign", "third"])
        assert (refused.exit_code, "still going on" in refused.output) == (2, True)
    assert campaigns(results) == ["third"]
    assert names(results / "work") == ["aa", "aa.lock"]
    assert "stray.parquet" in names(results / "predictions")


def test_a_dry_run_says_what_would_go(runner: CliRunner, results: Path) -> None:
    """Nothing goes, and nobody is asked."""
    said = runner.invoke(app, ["prune", "--keep", "1", "--dry-run"])
    assert said.exit_code == 0
    assert all(word in said.stdout for word in ("campaign     second", "campaign     first", "Nothing was deleted."))
    assert campaigns(results) == ["third", "second", "first"]
    assert "stray.parquet" in names(results / "predictions")


def test_cache_holds_more_than_ours(runner: CliRunner, results: Path, place: Path) -> None:
    """Only our own folders in the cache go."""
    for name in ("weights", "demo-v1", "batch-sizes", "photos"):
        (place / "cache" / name).mkdir(parents=True)
    prune(runner, "--cache")
    assert names(place / "cache") == ["photos"]


def test_the_cache_goes_without_any_database(runner: CliRunner, place: Path) -> None:
    """It serves the runs of all databases, and nothing else is touched."""
    cache = Path(os.environ["PWC_BENCH_CACHE"])
    (cache / "crops").mkdir(parents=True)
    (cache / "crops" / "a.crops").write_bytes(b"x" * 100)
    assert (
        prune(runner, "--cache") == f"folder       {cache / 'crops'}, 100 bytes\nDeleted; 100 bytes are free again.\n"
    )
    assert not (cache / "crops").exists()
    assert prune(runner, "--cache") == "There is nothing to delete.\n"
    assert not (place / "results").exists()


def test_nobody_to_be_asked(runner: CliRunner, results: Path) -> None:
    """Without a terminal and without --yes it says what would go, and refuses."""
    result = runner.invoke(app, ["prune", "--keep", "0"])
    assert result.exit_code == 2
    assert "say --yes" in result.stderr
    assert "campaign     third" in result.stdout
    assert campaigns(results) == ["third", "second", "first"]


def test_an_answer_of_no_keeps_everything(runner: CliRunner, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question's default is no."""
    monkeypatch.setattr("pwc_bench.cli.prune._is_asked_at_a_terminal", lambda: True)
    assert runner.invoke(app, ["prune"], input="\n").exit_code == 130
    assert "stray.parquet" in names(results / "predictions")
    assert runner.invoke(app, ["prune"], input="y\n").exit_code == 0
    assert "stray.parquet" not in names(results / "predictions")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--campaign", "none"], "there is no campaign 'none'"),
        (["--campaign", "first", "--keep", "1"], "contradict each other"),
        (["--keep", "-1"], "-1"),
        (["--db", "none.db"], "no database at"),
    ],
)
def test_bad_input_is_refused(runner: CliRunner, results: Path, arguments: list[str], said: str) -> None:
    """What does not exist or contradicts itself ends with 2, and nothing is deleted."""
    result = runner.invoke(app, ["prune", "--yes", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(names(results / "predictions")) == 5


def test_predictions_of_another_database_in_the_folder_stay(runner: CliRunner, results: Path) -> None:
    """Databases in one folder share the place of predictions; each keeps what its own records refer to."""
    stored(results / "other.db", [with_predictions(make_record(campaign="other"), "stray.parquet")])
    prune(runner, "--keep", "1")
    assert names(results / "predictions") == ["published.parquet", "stray.parquet", "third.parquet"]


def test_a_database_in_the_folder_that_cannot_be_read_keeps_all_predictions(runner: CliRunner, results: Path) -> None:
    """Where nobody knows what it refers to nothing is deleted that it might need, and this is said."""
    before = names(results / "predictions")
    (results / "damaged.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    result = runner.invoke(app, ["prune", "--yes", "--keep", "1"])
    assert result.exit_code == 0, result.output
    assert "predictions are kept" in result.stderr
    assert names(results / "predictions") == before
    assert campaigns(results) == ["third"]


@pytest.mark.parametrize("arguments", [["--cache"], ["--cache", "--dry-run"]])
def test_the_cache_of_a_run_that_is_going_on_is_kept(runner: CliRunner, place: Path, arguments: list[str]) -> None:
    """Its crops and checkpoints are being read; the next prune, or one when it was killed, may have them."""
    cache = Path(os.environ["PWC_BENCH_CACHE"])
    (cache / "crops").mkdir(parents=True)
    reader, writer = os.pipe()
    user = os.fork()
    if user == 0:
        with using(cache):
            os.write(writer, b"!")
            time.sleep(60)
        os._exit(0)
    os.read(reader, 1)
    try:
        said = prune(runner, *arguments)
    finally:
        os.kill(user, signal.SIGKILL)
        os.waitpid(user, 0)
    assert said == f"kept         {cache}, which a run that is still going on uses\nThere is nothing to delete.\n"
    assert f"folder       {cache / 'crops'}" in prune(runner, *arguments)
