"""Files as they are in a git revision, read by the git program without a shell and without touching the work tree."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pwc_bench.core.acceptance import Acceptance
from pwc_bench.core.errors import NotFoundError, RecordFormatError, UsageError
from pwc_bench.exchange.records import ACCEPTED, AbsentError, Shelf, beside, distinct, parse_acceptances, parse_records

GIT_PREFIX = "git:"
DEFAULT_PATH = "results"
"""What is meant where only a revision is named."""

_TIMEOUT_SECONDS = 120.0
_LARGEST_BYTES = 1 << 29
_LFS = b"version https://git-lfs"
"""How a file begins that git holds only a pointer to."""
_FILES = (b"100644", b"100755")
_ASKABLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]*")
"""A branch, a tag or a commit's whole name, and nothing that a shell or git reads as more than a name."""
_ABBREVIATED = re.compile(r"[0-9a-f]{4,39}")


def git_shelf(text: str, folder: Path) -> Shelf:
    """Open "git:REF:PATH", a file or a folder in a revision of the repository around `folder`.

    PATH counts from the repository's root, "./PATH" from `folder`; without it, results. Raises UsageError where there
    is no such revision or path, RecordFormatError where it holds something else than records.
    """
    ref, separator, path = text.removeprefix(GIT_PREFIX).partition(":")
    path = (path if separator else DEFAULT_PATH).rstrip("/")
    if not ref or not path:
        raise UsageError(f"{text!r} is not of the form git:REF:PATH, such as git:main:results")
    tree = _Revision(folder, _commit(ref, text, folder))
    name, short = f"{GIT_PREFIX}{ref}:{path}", tree.commit[:10]
    kind = tree.kind(path)
    if kind == "tree":
        files = [f"{path}/{file}" for file in tree.files(path) if file.endswith(".jsonl") and file != ACCEPTED]
        parent = path
    elif kind == "blob":
        files, parent = [path], path.rpartition("/")[0]
    else:
        raise NotFoundError(
            f"there is no {path} in {ref}: paths count from the repository's root (git ls-tree {shlex.quote(ref)})"
        )
    records = distinct(
        record for file in files for record in parse_records(tree.content(file), f"{GIT_PREFIX}{ref}:{file}")
    )
    shown = f"{GIT_PREFIX}{short}:{path}" if ref == tree.commit else f"{name} ({short})"
    return Shelf(shown, records, _reader(tree, parent, name), _accepted(tree, parent, ref))


def git_reader(text: str, folder: Path) -> Callable[[Path], bytes | None]:
    """Return how to read files as they are in the revision of "git:REF:PATH", by their paths in the work tree.

    It returns None for what that revision does not hold. Raises NotFoundError if there is no such revision.
    """
    ref = text.removeprefix(GIT_PREFIX).partition(":")[0]
    tree = _Revision(folder, _commit(ref, text, folder))
    root = os.fsdecode(_required(_git(folder, "rev-parse", "--show-toplevel"), ".").rstrip(b"\n"))

    def read(path: Path) -> bytes | None:
        place = os.path.relpath(path.parent.resolve() / path.name, os.path.realpath(root))
        return tree.content(place) if tree.kind(place) == "blob" else None

    return read


def same_repository(one: Path, other: Path) -> bool:
    """Tell whether two folders are checkouts of one repository: work trees of it, or clones of the same address."""
    for question in (
        ("rev-parse", "--path-format=absolute", "--git-common-dir"),
        ("config", "--get", "remote.origin.url"),
    ):
        answers = [_git(folder, *question) for folder in (one, other)]
        if all(done.returncode == 0 for done in answers) and answers[0].stdout == answers[1].stdout:
            return True
    return False


def _accepted(tree: "_Revision", parent: str, ref: str) -> tuple[Acceptance, ...]:
    path = _joined(parent, ACCEPTED)
    if tree.kind(path) != "blob":
        return ()
    return parse_acceptances(tree.content(path), f"{GIT_PREFIX}{ref}:{path}")


def _reader(tree: "_Revision", parent: str, name: str) -> Callable[[str], bytes]:
    """Return how to read files below `parent` in that revision."""

    def read(path: str) -> bytes:
        place = _joined(parent, str(beside(path)))
        if tree.kind(place) != "blob":
            raise AbsentError(f"{path} is not committed beside {name}")
        try:
            return tree.content(place)
        except RecordFormatError as error:
            raise AbsentError(str(error)) from None

    return read


def _joined(parent: str, path: str) -> str:
    return f"{parent}/{path}" if parent else path


@dataclass(frozen=True, slots=True)
class _Revision:
    """One commit of the repository around a folder."""

    folder: Path
    commit: str

    def kind(self, path: str) -> str | None:
        """Return "tree" or "blob", None where there is nothing."""
        done = _git(self.folder, "cat-file", "-t", f"{self.commit}:{path}")
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def files(self, path: str) -> list[str]:
        """Return the names of the ordinary files of a folder, in order."""
        listed = _required(_git(self.folder, "ls-tree", "-z", f"{self.commit}:{path}"), path)
        entries = [entry.partition(b"\t") for entry in listed.split(b"\0") if entry]
        return sorted(os.fsdecode(name) for facts, _, name in entries if facts.split()[0] in _FILES)

    def content(self, path: str) -> bytes:
        """Return a file's bytes. Raises RecordFormatError where they cannot be had."""
        size = int(_required(_git(self.folder, "cat-file", "-s", f"{self.commit}:{path}"), path))
        if size > _LARGEST_BYTES:
            raise RecordFormatError(f"{path} has {size:,} bytes in git: more than the {_LARGEST_BYTES:,} that are read")
        content = _required(_git(self.folder, "cat-file", "blob", f"{self.commit}:{path}"), path)
        if content.startswith(_LFS):
            raise RecordFormatError(f"{path} is kept by Git LFS, and git has only a pointer: check it out, give a path")
        return content


def _commit(ref: str, text: str, folder: Path) -> str:
    """Return the full name of the commit that `ref` means, which is safe to hand to git: it begins with no hyphen."""
    done = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if done.returncode == 0:
        return done.stdout.decode().strip()
    if _git(folder, "rev-parse", "--git-dir").returncode != 0:
        raise UsageError(f"{text}: {folder.absolute()} is in no git repository that may be read{_said(done)}")
    raise NotFoundError(f"{text}: git knows no revision {ref!r} here{_fetching(ref, text, folder)}")


def _fetching(ref: str, text: str, folder: Path) -> str:
    """Return the command that brings what `ref` means, and how it is called then; "" if there is nowhere to ask."""
    remotes = _git(folder, "remote").stdout.decode(errors="replace").split()
    if not remotes:
        return ""
    named = ref.removeprefix("refs/remotes/")
    remote = next((each for each in remotes if named.startswith(f"{each}/")), None)
    branch = named if remote is None else named.removeprefix(f"{remote}/")
    remote = remote or ("origin" if "origin" in remotes else remotes[0])
    is_shallow = _git(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    lacking = "; a shallow clone may lack it" if is_shallow else ""
    # A place in the history, or the beginning of a commit's name, cannot be asked for by name.
    if not _ASKABLE.fullmatch(branch) or _ABBREVIATED.fullmatch(branch):
        whole = f"git fetch {'--unshallow ' if is_shallow else ''}--tags {shlex.quote(remote)}"
        return f"{lacking}: {whole} {shlex.quote(f'+refs/heads/*:refs/remotes/{remote}/*')}, then the same again"
    depth = "--depth 1 " if is_shallow else ""  # which would make a whole clone a shallow one
    rest = text.removeprefix(GIT_PREFIX + ref)
    return f"{lacking}: git fetch {depth}{shlex.quote(remote)} {branch}, then {GIT_PREFIX}FETCH_HEAD{rest}"


def _required(done: "subprocess.CompletedProcess[bytes]", path: str) -> bytes:
    if done.returncode != 0:
        raise RecordFormatError(f"git cannot read {path}{_said(done)}")
    return done.stdout


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return git's own first words, where it said any."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return f": {lines[0].strip()}" if lines else ""


def _git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command: Sequence[str] = ("git", "--no-pager", *arguments)
    # Nothing may ask for a password, take a lock or speak another language.
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603  (no shell; a revision is resolved behind --end-of-options)
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except ValueError:
        raise UsageError("a zero byte stands in no name of git's") from None
    except FileNotFoundError:
        raise UsageError("git is not installed: give the baseline as a file, a folder or an https address") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git {arguments[0]} did not end within {_TIMEOUT_SECONDS:.0f} s") from None
