"""Files that no record needs any more: predictions nobody refers to, unfinished work, cached downloads."""

import json
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pwc_bench.core.errors import RecordFormatError
from pwc_bench.core.files import read_sealed
from pwc_bench.core.record_json import record_from_json
from pwc_bench.hardware import batch_sizes

_CACHED = ("weights", "demo-v*", "crops", batch_sizes.FOLDER)
"""The folders of ours in a cache. Anything else may be somebody else's: the user names the cache."""
_PREDICTIONS = re.compile(r"predictions/[0-9a-f]{64}\.parquet")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or folder that may go."""

    path: Path
    size_bytes: int


def unreferenced_predictions(folder: Path, referenced: Collection[str]) -> Iterator[Leftover]:
    """Yield the predictions files below `folder` that neither the database nor a published record there refers to."""
    kept = {*referenced, *_published(folder)}
    for path in sorted((folder / "predictions").glob("*.parquet")):
        if path.relative_to(folder).as_posix() not in kept:
            yield Leftover(path, path.stat().st_size)


def unfinished_work(folder: Path) -> Iterator[tuple[str | None, Leftover]]:
    """Yield the folders of interrupted runs with their campaigns; those of runs that are still going are left out."""
    busy = held_work(folder)
    for path in _work_folders(folder):
        if path not in busy:
            yield _campaign(path), Leftover(path, _size(path))


def held_work(folder: Path) -> set[Path]:
    """Return the work folders of runs that are going on now: each holds the lock beside its folder."""
    return {path for path in _work_folders(folder) if _is_held(path)}


def running_campaigns(folder: Path) -> set[str]:
    """Return the campaigns of runs that are going on now: their records are theirs until they end."""
    return {campaign for path in held_work(folder) if (campaign := _campaign(path)) is not None}


def cached(cache: Path) -> Iterator[Leftover]:
    """Yield what a cache folder holds of ours: downloaded weights, the demo's images, crops, batch sizes."""
    for pattern in _CACHED:
        for path in sorted(cache.glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                yield Leftover(path, _size(path))


def remove(leftovers: Iterable[Leftover]) -> None:
    """Delete files and folders; one that is gone already is no error. Raises OSError where one cannot be deleted."""
    for leftover in leftovers:
        if not leftover.path.is_dir():
            leftover.path.unlink(missing_ok=True)
            continue
        with _unheld(leftover.path) as is_free:
            if is_free:
                shutil.rmtree(leftover.path)
                leftover.path.with_suffix(".lock").unlink(missing_ok=True)


def _work_folders(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "work").glob("*") if path.is_dir())


def _campaign(path: Path) -> str | None:
    """Return the campaign that an unfinished run belongs to; None where it was killed before it wrote that down."""
    try:
        return str(json.loads(read_sealed(path / "campaign.json") or b"")["campaign"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_held(path: Path) -> bool:
    with _unheld(path) as is_free:
        return not is_free


@contextmanager
def _unheld(path: Path) -> Iterator[bool]:
    """Take the lock beside a work folder while it is deleted; tell whether no run holds it."""
    file = path.with_suffix(".lock")
    if not file.exists():
        yield True
        return
    lock = FileLock(file, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _published(folder: Path) -> Iterator[str]:
    """Yield the predictions that records published beside the database refer to (results/*.jsonl)."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    predictions = record_from_json(line).provenance.predictions
                except RecordFormatError:
                    # Accepted values lie there too; and what a record that breaks the schema names is kept.
                    yield from _PREDICTIONS.findall(line)
                    continue
                if predictions is not None:
                    yield predictions.path


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
