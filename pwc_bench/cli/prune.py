"""`pwc-bench prune`: make room."""

import json
import re
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from filelock import FileLock, Timeout

from pwc_bench.cli.app import DocumentedCommand
from pwc_bench.cli.options import campaign_option, db_option
from pwc_bench.cli.text import file_size, plural, say
from pwc_bench.core.errors import RecordFormatError, StoreError, UsageError
from pwc_bench.core.files import read_sealed
from pwc_bench.core.record_json import record_from_json
from pwc_bench.hardware import batch_sizes

if TYPE_CHECKING:
    from pwc_bench.store import Store


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


_SQLITE = b"SQLite format 3\0"
"""How every SQLite file begins."""


@click.command(
    "prune",
    cls=DocumentedCommand,
    examples=(
        "pwc-bench prune                  what no record needs: predictions, unfinished work",
        "pwc-bench prune --keep 5         and all campaigns but the newest five",
        "pwc-bench prune --keep 5 --dry-run",
        "pwc-bench prune --campaign 2026-01-31 --yes",
        "pwc-bench prune --cache          and downloaded weights, the demo's images, crops, batch sizes",
    ),
    exit_codes={
        0: "done, or nothing to do",
        2: "no such database or campaign; or nobody there to be asked, and no --yes",
        130: "the question was answered with Ctrl-C",
    },
)
@click.option("--keep", type=click.IntRange(min=0), metavar="N", help="Delete all campaigns but the newest N.")
@campaign_option("Delete this campaign.")
@click.option(
    "--cache",
    is_flag=True,
    help="Delete downloaded weights, the demo's images, cached crops and the batch sizes that were found too.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and end.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@db_option
def command(*, keep: int | None, campaign: str | None, cache: bool, dry_run: bool, yes: bool, db: str) -> None:
    """Delete old campaigns, predictions that no record needs, and unfinished work.

    It says what it would delete and asks first. Runs that are still going, the cache while one of them uses it, and the
    predictions of records in other databases and files beside this one are left alone. --cache alone needs no database.
    """
    if keep is not None and campaign is not None:
        raise click.UsageError("--keep and --campaign contradict each other: give one of them.")
    from pwc_bench.store import open_existing_store

    everywhere = _cached() if cache else []
    if cache and keep is None and campaign is None and _is_missing(db):
        if _is_agreed((), (), everywhere, yes=yes, dry_run=dry_run):
            _tell(_emptied(everywhere))
        return
    with open_existing_store(db) as store:
        work = [(name, found) for name, found in unfinished_work(store.folder) if campaign in (None, name)]
        doomed = _doomed(store, keep, campaign, {name for name, _ in work})
        leftovers = [found for _, found in work]
        predictions = _predictions(store, db, doomed)
        if not _is_agreed(doomed, predictions, [*leftovers, *everywhere], yes=yes, dry_run=dry_run):
            return
        for name in doomed:
            if name not in running_campaigns(store.folder):  # it may have been continued while the question stood
                store.delete_campaign(name)
        # Looked up anew: a run that ended while the question stood may refer to some of them now.
        predictions = _predictions(store, db, ())
        remove([*predictions, *leftovers])
    _tell([*predictions, *leftovers, *_emptied(everywhere)])


def _cached() -> "list[Leftover]":
    """List what the cache holds; nothing, with a word, while a run uses it."""
    from pwc_bench.api.places import cache_folder, emptying

    with emptying(cache_folder()) as is_unused:
        if is_unused:
            return list(cached(cache_folder()))
    say(f"kept         {cache_folder()}, which a run that is still going on uses")
    return []


def _emptied(everywhere: "Sequence[Leftover]") -> "Sequence[Leftover]":
    """Delete what the cache held, and return it; a run may have begun to use it while the question stood."""
    from pwc_bench.api.places import cache_folder, emptying

    with emptying(cache_folder()) as is_unused:
        if is_unused:
            remove(everywhere)
            return everywhere
    say(f"kept         {cache_folder()}, which a run uses by now")
    return []


def _is_missing(db: str) -> bool:
    """Tell whether there is no database at all: the cache needs none."""
    from pwc_bench.api.places import sqlite_path

    path = sqlite_path(db)
    return path is not None and not path.exists()


def _is_agreed(
    doomed: Sequence[str],
    predictions: "Sequence[Leftover]",
    leftovers: "Sequence[Leftover]",
    *,
    yes: bool,
    dry_run: bool,
) -> bool:
    """Say what would go, and ask; False if there is nothing, or nothing shall go. Raises Abort if the answer is no."""
    if not _describe(doomed, predictions, leftovers):
        say("There is nothing to delete.")
        return False
    if dry_run:
        say("Nothing was deleted.")
        return False
    if not yes:
        _ask()
    return True


def _tell(gone: "Sequence[Leftover]") -> None:
    say(f"Deleted; {file_size(sum(found.size_bytes for found in gone))} are free again.")


def _doomed(store: "Store", keep: int | None, campaign: str | None, unfinished: AbstractSet[str | None]) -> list[str]:
    """Return the stored campaigns that go. Raises UsageError where `campaign` is neither stored nor unfinished."""
    names = [found.name for found in store.campaigns()]
    running = running_campaigns(store.folder)
    if campaign in running:
        raise UsageError(f"the campaign {campaign} is still going on: stop its run first")
    if campaign is None:
        old = [] if keep is None else names[keep:]
        for name in running.intersection(old):
            say(f"kept         {name}, whose run is still going on")
        return [name for name in old if name not in running]
    if campaign not in names and campaign not in unfinished:
        raise UsageError(f"there is no campaign {campaign!r}; `pwc-bench list campaigns` names them")
    return [campaign] if campaign in names else []


def _predictions(store: "Store", db: str, doomed: Sequence[str]) -> "list[Leftover]":
    """List the predictions that nothing refers to once the campaigns are gone; none while a run may be adding some."""
    from pwc_bench.api.places import load_catalogue, sqlite_path

    if held_work(store.folder):
        return []
    referenced = set(store.prediction_paths())
    if doomed:
        archive = store.archive(load_catalogue())
        referenced = {
            record.provenance.predictions.path
            for record in archive.records()
            if record.campaign not in doomed and record.provenance.predictions is not None
        }
    try:
        beside = _referenced_beside(store.folder, sqlite_path(db))
    except StoreError as error:
        say(f"warning: predictions are kept, some may belong to a database beside: {error}", err=True)
        return []
    return list(unreferenced_predictions(store.folder, referenced | beside))


def _referenced_beside(folder: Path, own: Path | None) -> set[str]:
    """Return the predictions that other SQLite databases in the folder refer to: all of them keep theirs in one place.

    Raises StoreError where one cannot be read, so that nobody knows what it needs.
    """
    from pwc_bench.store import open_existing_store

    found: set[str] = set()
    for path in sorted(path for path in folder.iterdir() if path.is_file() and not (own and path.samefile(own))):
        with path.open("rb") as file:
            is_database = file.read(len(_SQLITE)) == _SQLITE
        if is_database:
            with open_existing_store(str(path)) as store:
                found.update(store.prediction_paths())
    return found


def _describe(doomed: Sequence[str], predictions: "Sequence[Leftover]", leftovers: "Sequence[Leftover]") -> bool:
    """Say what would go; tell whether that is anything."""
    for name in doomed:
        say(f"campaign     {name}, with its records")
    if predictions:
        total = file_size(sum(found.size_bytes for found in predictions))
        say(f"predictions  {plural(len(predictions), 'file')}, {total}, that no record refers to")
    for leftover in leftovers:
        say(f"folder       {leftover.path}, {file_size(leftover.size_bytes)}")
    return bool(doomed or predictions or leftovers)


def _ask() -> None:
    if not _is_asked_at_a_terminal():
        raise UsageError("nobody is there to be asked: say --yes to delete all this")
    if not click.confirm("Delete all this?"):
        raise click.Abort


def _is_asked_at_a_terminal() -> bool:
    return sys.stdin.isatty()
