"""A folder that appears at once: built beside the old one, then exchanged with it."""

import ctypes
import errno
import fcntl
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from pwc_bench.core.archive import Archive
from pwc_bench.core.errors import PublishError
from pwc_bench.core.files import PACKAGE

MARKER = ".pwc-bench-site"
"""The file that says that a folder is a site of ours, so that it may be replaced."""

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `folder` when the block ends without an error.

    The block leaves a file MARKER in it, by which the next build knows the folder as ours.
    A reader sees the old folder or the new one, never a mixture. After an error, or a kill, the old one stands.
    Raises PublishError where `folder` holds something that is not a site of ours, or cannot be written.
    """
    target = folder.resolve()
    _check_replaceable(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft, lock = _new_draft(target)
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        yield draft
        _put_in_place(draft, target)
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        os.close(lock)


def _check_replaceable(target: Path) -> None:
    try:
        if not target.exists():
            return
        if not target.is_dir():
            raise PublishError(f"{target} is not a folder: name another one with --site")
        is_ours = (target / MARKER).is_file() or next(target.iterdir(), None) is None
    except OSError as error:
        raise _unwritable(target, error) from None
    if not is_ours:
        raise PublishError(f"{target} holds files that are no pwc-bench site: name an empty folder with --site")


def _new_draft(target: Path) -> tuple[Path, int]:
    """Make the draft's folder, locked for as long as we live, and remove those of builders that were killed."""
    prefix = f".{target.name}.draft-"
    parent = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(parent, fcntl.LOCK_EX)
        for left in sorted(target.parent.glob(f"{prefix}*")):
            _remove_if_abandoned(left)
        draft = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        draft.chmod(0o755)
        lock = os.open(draft, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    finally:
        os.close(parent)
    return draft, lock


def _remove_if_abandoned(draft: Path) -> None:
    with suppress(OSError):  # gone, or still somebody's: both are fine
        descriptor = os.open(draft, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(draft, ignore_errors=True)
        finally:
            os.close(descriptor)


def _put_in_place(draft: Path, target: Path) -> None:
    if not target.exists():
        draft.rename(target)
    elif not _exchange(draft, target):
        # No atomic exchange on this file system: the old folder steps aside for a moment.
        aside = draft.with_name(draft.name + "-old")
        target.rename(aside)
        try:
            draft.rename(target)
        except OSError:
            aside.rename(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(draft: Path, target: Path) -> bool:
    """Swap two folders in one step with Linux's renameat2; tell whether the system could."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    done = renameat2(_AT_FDCWD, os.fsencode(draft), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE)
    return bool(done == 0)


def _unwritable(folder: Path, error: OSError) -> PublishError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return PublishError(f"the disk of {folder} is full: free some space, the old site still stands")
    return PublishError(f"cannot write the site to {folder}: {error.strerror or error}; name another one with --site")


_ABOUT = "This folder is written by pwc-bench and replaced as a whole."
_OWN_CODE = {".py", ".yaml", ".json"}


@dataclass(frozen=True, slots=True)
class SiteState:
    """What the marker says."""

    fingerprint: str
    """Of what went into the site."""
    listing: str
    """Of the paths and sizes of its files."""
    pages: int
    files: int
    size_bytes: int


def site_fingerprint(archive: Archive, templates: Path, base_url: str | None) -> str:
    """Return a hash of everything on which the site's bytes depend.

    The package's code is read whole: in a checkout it changes without its version, and it takes some milliseconds.
    """
    versions = [f"{name} {version(name)}" for name in ("jinja2", "markupsafe", "pillow")]
    said = [archive.fingerprint(), base_url or "", platform.python_version(), *versions]
    found = hashlib.sha256("\n".join(said).encode())
    for folder, wanted in ((PACKAGE, _OWN_CODE), (templates, None)):
        for path in sorted(path for path in folder.rglob("*") if wanted is None or path.suffix in wanted):
            if path.is_file():
                found.update(f"\n{path.relative_to(folder)}\n".encode())
                found.update(path.read_bytes())
    return found.hexdigest()


def listing_hash(sizes: Mapping[str, int]) -> str:
    """Return a hash of the paths and sizes of a site's files."""
    return hashlib.sha256("\n".join(f"{path}\0{sizes[path]}" for path in sorted(sizes)).encode()).hexdigest()


def write_state(draft: Path, state: SiteState) -> None:
    """Write the marker, as the last of the site's files."""
    (draft / MARKER).write_text(json.dumps({"about": _ABOUT, **asdict(state)}, indent=1) + "\n")


def read_state(folder: Path) -> SiteState | None:
    """Return what the marker of `folder` says where the site is as its build left it, else None."""
    try:
        marker = os.stat(folder / MARKER)  # noqa: PTH116  compared with thousands of other os.stat_results
        said = json.loads((folder / MARKER).read_text())
        state = SiteState(said["fingerprint"], said["listing"], said["pages"], said["files"], said["size_bytes"])
        sizes: dict[str, int] = {}
        for path, found in _walk(os.fspath(folder), ""):
            if found.st_mtime_ns > marker.st_mtime_ns:
                return None
            sizes[path] = found.st_size
    except (OSError, ValueError, KeyError, TypeError):  # no site, an older one, or one that somebody is changing
        return None
    sizes.pop(MARKER, None)
    return state if listing_hash(sizes) == state.listing else None


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, f"{path}/")
            else:
                yield path, entry.stat(follow_symlinks=False)
