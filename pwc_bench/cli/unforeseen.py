"""An error that nobody foresaw: one line, where its traceback is kept, and an exit code that means nothing else."""

import os
import sys
from pathlib import Path

UNFORESEEN = 70
"""The code of sysexits.h for a fault inside of a program; 1 would say that something got worse."""
_FILE = "traceback.txt"


def tell_unforeseen(error: BaseException) -> None:
    """Write one line to stderr that names the error and the file in which its traceback is kept."""
    import traceback

    from pwc_bench.core.text_forms import one_line

    said = one_line(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    tell_fault(f"unforeseen, a fault of pwc-bench: {said}", "".join(traceback.format_exception(error)))


def tell_fault(said: str, traceback: str) -> None:
    """Write one line to stderr that says what went wrong and in which file the traceback is kept."""
    from pwc_bench.core.text_forms import one_line

    kept = _kept(traceback)
    where = "its traceback could not be kept" if kept is None else f"its traceback is in {one_line(str(kept))}"
    print(f"error: {one_line(said)}; {where}; please report it", file=sys.stderr)  # noqa: T201


def _kept(text: str) -> Path | None:
    """Keep a traceback, the last one alone, and return its file; None if there is no place for it."""
    import tempfile

    from pwc_bench.api.places import cache_folder

    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        return _written(text, folder).replace(folder / _FILE)
    except Exception:  # noqa: BLE001, S110  (whatever is broken must not hide what broke first)
        pass
    try:
        return _written(text, Path(tempfile.gettempdir()))
    except Exception:  # noqa: BLE001
        return None


def _written(text: str, folder: Path) -> Path:
    import tempfile

    handle, name = tempfile.mkstemp(dir=folder, prefix="pwc-bench-traceback-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return Path(name)
