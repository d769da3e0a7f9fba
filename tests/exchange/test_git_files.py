"""Records in a git revision: real repositories, odd names, nothing that a name could make git do."""

import re
import subprocess
from pathlib import Path

import pytest

from pwc_bench.core.errors import NotFoundError, RecordFormatError, UsageError
from pwc_bench.core.record import record_to_json
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
        ("git:nowhere:results", "git knows no revision 'nowhere' here$"),
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


@pytest.fixture
def shallow(repository: Repository, tmp_path: Path) -> Repository:
    """A clone of the newest commit of one branch, as CI makes it; its origin has more commits, branches and a tag."""
    repository.write("results/a.jsonl", record_to_json(ONE) + "\n")
    repository.commit()
    repository.git("tag", "v1.0")
    repository.git("branch", "release/1.x")
    repository.write("README", "more")
    repository.commit()
    repository.git("switch", "--quiet", "--create", "change")
    repository.write("README", "changed")
    repository.commit()
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", repository.folder.as_uri(), clone], check=True)
    return Repository.at(clone)


@pytest.mark.parametrize(
    ("ref", "end"),
    [
        ("main", ""),
        ("origin/main", ":results"),
        ("refs/remotes/origin/main", ":results/a.jsonl"),
        ("origin/release/1.x", ":results"),
        ("v1.0", ":results"),
        ("COMMIT", ":results"),
    ],
)
def test_the_command_that_a_shallow_clone_is_told_works(
    shallow: Repository, repository: Repository, ref: str, end: str
) -> None:
    """For a branch, however it is named, a tag and a commit: run as it stands, it brings the records, and no more."""
    text = f"git:{repository.git('rev-parse', 'v1.0') if ref == 'COMMIT' else ref}{end}"
    with pytest.raises(NotFoundError) as caught:
        git_shelf(text, shallow.folder)
    command, then = re.findall(r"a shallow clone may lack it: (git fetch .*), then (git:\S*)$", str(caught.value))[0]
    subprocess.run(command, shell=True, cwd=shallow.folder, check=True, capture_output=True)
    assert git_shelf(then, shallow.folder).records == (ONE,)
    assert shallow.git("rev-parse", "--is-shallow-repository") == "true"


@pytest.mark.parametrize("ref", ["HEAD~2", "origin/main~1", "origin/main^", "SHORT"])
def test_the_command_for_a_place_in_the_history_works(shallow: Repository, repository: Repository, ref: str) -> None:
    """In a shallow clone, and in a whole one, which takes no --unshallow: the same name means something then."""
    text = f"git:{repository.git('rev-parse', '--short=10', 'v1.0') if ref == 'SHORT' else ref}:results"
    with pytest.raises(NotFoundError) as caught:
        git_shelf(text, shallow.folder)
    (command,) = re.findall(r": (git fetch --unshallow .*), then the same again$", str(caught.value))
    subprocess.run(command, shell=True, cwd=shallow.folder, check=True, capture_output=True)
    assert git_shelf(text, shallow.folder).records == (ONE,)
    with pytest.raises(NotFoundError) as caught:
        git_shelf("git:HEAD~9:results", shallow.folder)
    (command,) = re.findall(r"here: (git fetch --tags .*), then the same again$", str(caught.value))
    subprocess.run(command, shell=True, cwd=shallow.folder, check=True, capture_output=True)


def test_the_command_for_a_whole_clone_leaves_it_whole(shallow: Repository, repository: Repository) -> None:
    """A branch that is new at the origin is fetched without cutting the history."""
    shallow.git("fetch", "--quiet", "--unshallow")
    repository.git("branch", "new", "main")
    with pytest.raises(NotFoundError) as caught:
        git_shelf("git:origin/new", shallow.folder)
    command, then = re.findall(r"here: (git fetch .*), then (git:\S*)$", str(caught.value))[0]
    subprocess.run(command, shell=True, cwd=shallow.folder, check=True, capture_output=True)
    assert git_shelf(then, shallow.folder).records == (ONE,)
    assert shallow.git("rev-parse", "--is-shallow-repository") == "false"


def test_no_command_is_made_of_a_name(shallow: Repository) -> None:
    """What a shell would read as more than a name stands in no command."""
    with pytest.raises(NotFoundError) as caught:
        git_shelf("git:$(touch x);:results", shallow.folder)
    assert "$(touch" not in str(caught.value).partition(" here")[2]


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
