"""`pwc_bench.compare`: the check as a function."""

from dataclasses import replace
from pathlib import Path

import pytest

import pwc_bench
from pwc_bench.core.errors import NoBaselineError, UsageError
from pwc_bench.core.observer import SilentObserver
from pwc_bench.core.verdict import exit_code
from pwc_bench.store import open_store
from tests.cli.gate import accuracy, cost, put_beside, written
from tests.cli.gate import campaign as make_campaign


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without settings of this machine."""
    monkeypatch.delenv("PWC_BENCH_DB", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Listener(SilentObserver):
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def stage(self, text: str) -> None:
        """Hear what begins."""
        self.heard.append(text)

    def progress(self, done: int, total: int, unit: str) -> None:
        """Hear how far it is."""
        self.heard.append(f"{done}/{total} {unit}")


def test_files_and_records_at_hand_are_sides(here: Path) -> None:
    """A path against records at hand, whose predictions are found by hash where the database keeps its own."""
    base, new = accuracy(), accuracy(wrong=range(40))
    path = written(here / "base.jsonl", cost(), base)
    put_beside(here / "results", make_campaign(new))
    listener = Listener()
    verdicts = pwc_bench.compare(path, [cost(gflops=5.1), new[0]], observer=listener)
    outcomes = {verdict.metric.key: verdict.outcome for verdict in verdicts}
    assert outcomes["gflops"] is outcomes["top1"] is pwc_bench.Outcome.REGRESSED
    assert {verdict.title for verdict in verdicts} == {"ConViT-S"}
    assert exit_code(verdicts) == 1
    assert listener.heard == ["reading predictions", "1/2 files", "2/2 files", "comparing"]


def test_a_choice_of_metrics_models_and_limits(here: Path) -> None:
    """Each narrows or moves what is judged."""
    old, new = [cost("convit-s"), cost("convit-ti")], [cost("convit-s", rounds=10)]
    assert {verdict.metric.key for verdict in pwc_bench.compare(old, new, metrics=["gflops"])} == {"gflops"}
    assert {verdict.variant for verdict in pwc_bench.compare(old, new, models=["convit-s"])} == {"convit-s"}
    assert exit_code(pwc_bench.compare(old, new, models=["convit-s"])) == 5
    assert exit_code(pwc_bench.compare(old, new, models=["convit-s"], policy=pwc_bench.Policy(least_rounds=10))) == 0


def test_a_folder_is_a_side_too(here: Path) -> None:
    """A path to a folder means all its files; so does its text."""
    folder = written(here / "base" / "a.jsonl", cost()).parent
    assert exit_code(pwc_bench.compare(folder, str(folder))) == 0


def test_records_without_predictions_are_compared_as_far_as_they_go(here: Path) -> None:
    """An accuracy whose record names no predictions is incomparable, and says so."""
    record = accuracy()[0]
    bare = replace(record, provenance=replace(record.provenance, predictions=None))
    new = accuracy(wrong=[1])[0]
    (verdict,) = pwc_bench.compare([bare], [new], metrics=["top1"])
    assert verdict.outcome is pwc_bench.Outcome.INCOMPARABLE
    assert "its record names none" in verdict.reason


def test_an_empty_database_has_no_newest_campaign(here: Path) -> None:
    """It is said what to do first."""
    with open_store("results/pwc-bench.db"):
        pass
    with pytest.raises(UsageError, match="holds no campaign yet: run `pwc-bench run` first"):
        pwc_bench.compare([cost()])


def test_what_cannot_be_compared_raises(here: Path) -> None:
    """Nothing to compare with, and names that mean nothing."""
    with pytest.raises(NoBaselineError, match="there is no folder results/ here"):
        pwc_bench.compare(candidate=[cost()])
    with pytest.raises(NoBaselineError, match="the given baseline holds no record"):
        pwc_bench.compare([], [cost()])
    with pytest.raises(UsageError, match="no metric is called 'speed'"):
        pwc_bench.compare([cost()], [cost()], metrics=["speed"])
    with pytest.raises(NoBaselineError, match="there is no file or folder x"):
        pwc_bench.compare("x", [cost()])
