"""The standard streams, made safe: one that is closed leads nowhere, and no message on stderr changes an exit code."""

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


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
