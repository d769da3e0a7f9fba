"""By whose rules a change is judged: those of the tree that holds the baseline, wherever that lies."""

import subprocess
from pathlib import Path

import pytest

from pwc_bench.api.check_settings import check_settings
from pwc_bench.api.gate_rules import refuse_own_rules
from pwc_bench.core.errors import UsageError
from pwc_bench.exchange import append_acceptance
from tests.exchange.conftest import Repository, repository
from tests.exchange.test_acceptances import ACCEPTANCE

__all__ = ["repository"]

OURS = "[check]\nleast-rounds = 5\n"
THEIRS = "[check]\nleast-rounds = 20\n"
TOLD = r"least-rounds is 5 here \(pwc-bench\.toml\) and 20 there"


def _judge(baseline: str) -> None:
    typed = {"baseline": baseline}
    refuse_own_rules(check_settings(typed, {}, Path()), typed, {}, Path())


@pytest.fixture
def place(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The work tree of a change that brings a rule of its own, and no rule in its history."""
    repository.write("results/a.jsonl", "")
    repository.commit()
    repository.write("pwc-bench.toml", OURS)
    monkeypatch.chdir(repository.folder)
    return repository.folder


@pytest.mark.parametrize("baseline", ["base/results", "base/results/a.jsonl", "base"])
@pytest.mark.parametrize("name", ["pwc-bench.toml", "pyproject.toml"])
def test_a_copy_with_settings_of_its_own_decides(place: Path, baseline: str, name: str) -> None:
    """Whether they say another thing or nothing; until they say the same, and accept the same."""
    there = place / "base"
    (there / "results").mkdir(parents=True)
    (there / "results" / "a.jsonl").write_text("")
    (there / name).write_text(THEIRS if name == "pwc-bench.toml" else THEIRS.replace("check", "tool.pwc-bench.check"))
    with pytest.raises(UsageError, match=TOLD):
        _judge(baseline)
    (there / name).write_text("")
    with pytest.raises(UsageError, match=TOLD):
        _judge(baseline)
    (there / "pwc-bench.toml").write_text(OURS)
    _judge(baseline)
    append_acceptance(place / "results" / "accepted.jsonl", ACCEPTANCE)
    with pytest.raises(UsageError, match=r"results/accepted\.jsonl accepts convit-s gflops"):
        _judge(baseline)
    append_acceptance(there / "results" / "accepted.jsonl", ACCEPTANCE)
    _judge(baseline)


def test_a_file_of_accepted_values_decides_wherever_it_is_named(place: Path, tmp_path: Path) -> None:
    """One in the work tree is the change's own, if its name was typed too; one that lies elsewhere is not."""
    (place / "pwc-bench.toml").unlink()
    typed = {"baseline": "git:main:results", "accepted": "agreed.jsonl"}
    append_acceptance(place / "agreed.jsonl", ACCEPTANCE)
    with pytest.raises(UsageError, match=r"agreed\.jsonl accepts convit-s gflops"):
        refuse_own_rules(check_settings(typed, {}, Path()), typed, {}, Path())
    append_acceptance(tmp_path / "agreed.jsonl", ACCEPTANCE)
    typed["accepted"] = str(tmp_path / "agreed.jsonl")
    refuse_own_rules(check_settings(typed, {}, Path()), typed, {}, Path())


@pytest.mark.parametrize("kind", ["worktree", "clone"])
def test_another_checkout_decides_even_if_it_says_nothing(
    repository: Repository, place: Path, tmp_path: Path, kind: str
) -> None:
    """A work tree of the same repository, or a clone of the same address; below a folder, of the same folder."""
    there = tmp_path / "base"
    if kind == "worktree":
        repository.git("worktree", "add", "--quiet", "--detach", str(there))
    else:
        repository.git("remote", "add", "origin", place.as_uri())
        subprocess.run(["git", "clone", "--quiet", place.as_uri(), there], check=True)
    with pytest.raises(UsageError, match=TOLD):
        _judge("../base/results")
    (there / "pwc-bench.toml").write_text(OURS)
    _judge("../base/results")


@pytest.mark.parametrize("baseline", ["results", "results/a.jsonl", "elsewhere", "../records", "../none", "campaign:a"])
def test_records_alone_bring_no_rules(place: Path, tmp_path: Path, baseline: str) -> None:
    """Those of the same tree, wherever they lie in it, and those that lie beside no project."""
    for folder in (place / "elsewhere", tmp_path / "records"):
        folder.mkdir()
        (folder / "a.jsonl").write_text("")
    _judge(baseline)


def test_a_repository_of_records_alone_brings_no_rules(place: Path, tmp_path: Path) -> None:
    """It is another repository, without settings."""
    other = Repository(tmp_path / "leaderboard")
    other.write("results/a.jsonl", "")
    _judge("../leaderboard/results")


def test_a_folder_is_judged_by_its_own_tree(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of a folder below the root are no change of those at the root."""
    (place / "below").mkdir()
    (place / "below" / "pwc-bench.toml").write_text(THEIRS)
    monkeypatch.chdir(place / "below")
    _judge("../results")
