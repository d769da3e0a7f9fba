"""Records in a git revision: real repositories, odd names, nothing that a name could make git do."""

from pathlib import Path

import pytest

from pwc_bench.core.errors import RecordFormatError, UsageError
from pwc_bench.core.record_json import record_to_json
from pwc_bench.exchange import AbsentError, append_acceptance, git_shelf
from tests.exchange.conftest import Repository
from tests.exchange.test_acceptances import ACCEPTANCE
from tests.factories import make_record

ONE, TWO = make_record("convit-s"), make_record("convit-ti")


def test_a_folder_of_another_revision(repository: Repository) -> None:
    """Records, accepted values and predictions are those of the revision, whatever the work tree holds now."""
    repository.write("results/a.jsonl", record_to_json(ONE) + "\n")
    repository.write("results/predictions/x.parquet", b"\x00bytes")
    repository.write("results/below/b.jsonl", "not a record")
    append_acceptance(repository.folder / "results" / "accepted.jsonl", ACCEPTANCE)
    commit = repository.commit()
    repository.write("results/a.jsonl", record_to_json(TWO) + "\n")
    repository.commit()
    (repository.folder / "results" / "a.jsonl").write_text("changed since")
    shelf = git_shelf("git:HEAD~1:results/", repository.folder)
    assert shelf.records == (ONE,)
    assert shelf.acceptances == (ACCEPTANCE,)
    assert shelf.name == f"git:HEAD~1:results ({commit[:10]})"
    assert shelf.read("predictions/x.parquet") == b"\x00bytes"
    assert git_shelf("git:HEAD", repository.folder).records == (TWO,)


def test_a_single_file_and_a_path_from_here(repository: Repository) -> None:
    """A file at the root, one below, and one that is named from a folder below."""
    repository.write("a.jsonl", record_to_json(ONE) + "\n")
    repository.write("deep/er/b.jsonl", record_to_json(TWO) + "\n")
    repository.write("predictions/x.parquet", "beside")
    repository.commit()
    repository.git("tag", "v1.0")
    shelf = git_shelf("git:v1.0:a.jsonl", repository.folder / "deep")
    assert shelf.records == (ONE,)
    assert shelf.acceptances == ()
    assert shelf.read("predictions/x.parquet") == b"beside"
    assert git_shelf("git:main:./er/b.jsonl", repository.folder / "deep").records == (TWO,)


def test_predictions_that_are_not_committed_are_absent(repository: Repository) -> None:
    """What lies in the work tree only is no part of the revision."""
    repository.write("results/a.jsonl", record_to_json(ONE) + "\n")
    repository.commit()
    repository.write("results/predictions/x.parquet", "later")
    shelf = git_shelf("git:main:results", repository.folder)
    with pytest.raises(AbsentError, match=r"^predictions/x\.parquet is not committed beside git:main:results$"):
        shelf.read("predictions/x.parquet")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("git:nowhere:results", "git knows no revision 'nowhere' here; a shallow clone may lack it: git fetch"),
        ("git:--output=x:results", "git knows no revision '--output=x'"),
        ("git:-h:results", "git knows no revision '-h'"),
        ("git:$(touch x):results", r"git knows no revision '\$\(touch x\)'"),
        ("git:main:nowhere", "there is no nowhere in main: paths count from the repository's root"),
        ("git:main:-x", "there is no -x in main"),
        ("git:main:../results", r"there is no \.\./results in main"),
        ("git::results", "is not of the form git:REF:PATH"),
        ("git:main:", "is not of the form git:REF:PATH"),
        ("git:", "is not of the form git:REF:PATH"),
    ],
)
def test_names_that_mean_nothing(repository: Repository, text: str, message: str) -> None:
    """Revisions and paths that are not there, or look like options or commands, are told in one line."""
    repository.write("results/a.jsonl", record_to_json(ONE) + "\n")
    repository.commit()
    with pytest.raises(UsageError, match=message) as caught:
        git_shelf(text, repository.folder)
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in repository.folder.iterdir()) == [".git", "results"]


def test_a_line_that_is_no_record_is_named_with_its_revision(repository: Repository) -> None:
    """The message leads to the file in git."""
    repository.write("results/a.jsonl", record_to_json(ONE) + "\nnothing\n")
    repository.commit()
    with pytest.raises(RecordFormatError, match=r"^git:main:results/a\.jsonl:2: not JSON"):
        git_shelf("git:main:results", repository.folder)


def test_a_pointer_of_git_lfs_is_no_content(repository: Repository) -> None:
    """What git does not hold is said to be elsewhere."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"
    repository.write("results/a.jsonl", pointer)
    repository.write("one/b.jsonl", record_to_json(ONE) + "\n")
    repository.write("one/predictions/x.parquet", pointer)
    repository.commit()
    with pytest.raises(RecordFormatError, match="is kept by Git LFS"):
        git_shelf("git:main:results", repository.folder)
    with pytest.raises(AbsentError, match="is kept by Git LFS"):
        git_shelf("git:main:one", repository.folder).read("predictions/x.parquet")


def test_a_folder_outside_any_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said that there is no repository, not that there is no revision."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="is in no git repository"):
        git_shelf("git:main:results", tmp_path)


def test_a_machine_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no git, other forms are named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not installed: give the baseline as a file"):
        git_shelf("git:main:results", tmp_path)
