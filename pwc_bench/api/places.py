"""Where things are kept on this machine, and what is declared: variants, data sets, metrics."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.core.errors import UsageError
from pwc_bench.core.files import user_path

if TYPE_CHECKING:
    from pwc_bench.core.archive import Catalogue


def default_database() -> str:
    """Return the database that `PWC_BENCH_DB` names, else results/pwc-bench.db in the current folder."""
    return os.environ.get("PWC_BENCH_DB") or str(Path("results", "pwc-bench.db"))


def default_site() -> Path:
    """Return the folder that `PWC_BENCH_SITE` names, else "site" in the current folder."""
    return user_path(os.environ.get("PWC_BENCH_SITE") or "site")


def cache_folder() -> Path:
    """Return the folder that `PWC_BENCH_CACHE` names, else pwc-bench in the user's cache folder."""
    named = os.environ.get("PWC_BENCH_CACHE")
    if named:
        return user_path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    # The XDG rules say that a relative path there is to be ignored.
    if base and Path(base).is_absolute():
        return Path(base, "pwc-bench")
    try:
        return Path.home() / ".cache/pwc-bench"
    except RuntimeError:
        raise UsageError("no home folder is known here: name a folder for the cache with PWC_BENCH_CACHE") from None


@contextmanager
def using(cache: Path) -> Iterator[Path]:
    """Give the cache, which `emptying` leaves alone meanwhile; it is made if it is missing."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        yield cache  # whoever needs it will say what is wrong with it
        return
    with _locked(cache, fcntl.LOCK_SH):
        yield cache


@contextmanager
def emptying(cache: Path) -> Iterator[bool]:
    """Tell whether the cache may be emptied, which is so while nobody uses it; who wants to use it waits meanwhile."""
    if not cache.is_dir():
        yield True
        return
    with _locked(cache, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_locked:
        yield is_locked


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[bool]:
    """Lock a folder, and tell whether that was possible: the lock ends with the process, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass  # a file system without locks
        yield True
    finally:
        os.close(descriptor)


def default_quiet_budget() -> float:
    """Return the seconds that `PWC_BENCH_QUIET_BUDGET` names, else 10. Raises UsageError where it is no number."""
    named = os.environ.get("PWC_BENCH_QUIET_BUDGET")
    try:
        return float(named) if named else 10.0
    except ValueError:
        raise UsageError(f"PWC_BENCH_QUIET_BUDGET={named}: must be a number of seconds") from None


def sqlite_path(db: str) -> Path | None:
    """Return the file of an SQLite database, named by its path or its URL; None for any other database."""
    scheme, separator, rest = db.partition("://")
    if not separator:
        return user_path(db)
    if scheme.startswith("sqlite") and rest.startswith("/"):
        return Path(rest[1:].partition("?")[0])
    return None


def load_catalogue() -> "Catalogue":
    """Load the declared variants, data sets and metrics; no torch is imported for it."""
    from pwc_bench.core.archive import Catalogue
    from pwc_bench.datasets import load_datasets
    from pwc_bench.families import load_variants
    from pwc_bench.metrics import load_metrics

    return Catalogue(variants=load_variants(), datasets=load_datasets(), metrics=load_metrics())
