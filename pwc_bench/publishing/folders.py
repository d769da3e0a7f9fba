"""A folder that appears at once: built beside the old one, then exchanged with it."""

import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pwc_bench.core.errors import PublishError

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
