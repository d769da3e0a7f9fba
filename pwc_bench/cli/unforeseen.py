"""An error that nobody foresaw: one line, where its traceback is kept, and an exit code that means nothing else."""

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


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


def make_streams_safe() -> None:
    """Open closed descriptors to the null device, and let what stderr cannot take be lost.

    Without it the next file that is opened would become standard output, and take what is printed. A name that the
    terminal's encoding cannot write is shown with "?".
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            os.set_inheritable(descriptor, True)  # noqa: FBT003  (of the standard library)
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115  (a descriptor, for good)
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115  (a descriptor, for good)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    if sys.stderr is None or _is_own(sys.stderr, 2):
        encoding = None if sys.stderr is None else sys.stderr.encoding
        raw = io.BufferedWriter(_Lossy(2, "w", closefd=False))
        sys.stderr = io.TextIOWrapper(raw, encoding, errors="replace", line_buffering=True)


def _is_own(stream: TextIO, descriptor: int) -> bool:
    try:
        return stream.fileno() == descriptor
    except (OSError, ValueError):
        return False


class _Lossy(io.FileIO):
    """A file whose writing never fails: what it cannot take is lost."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return memoryview(data).nbytes
