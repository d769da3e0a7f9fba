"""What holds when nobody says: where the database, the site and the cache lie, and how long a run waits."""

import os
from pathlib import Path

from pwc_bench.core.errors import UsageError
from pwc_bench.core.files import user_path

__all__ = ["cache_folder", "default_database", "default_quiet_budget", "default_site", "sqlite_path"]


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
