"""A large text file, compressed or not, that tells how far it was read."""

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pwc_bench.core.errors import UsageError
from pwc_bench.core.files import opened_file
from pwc_bench.core.observer import Observer
from pwc_bench.exchange.forms import is_gzip

_MIB = 2**20


class _Counting(io.RawIOBase):
    """Reads a file's bytes and reports them in MiB: of a compressed file those of the disk."""

    def __init__(self, path: Path, observer: Observer) -> None:
        self._file = opened_file(path, UsageError)
        self._size_mib = path.stat().st_size / _MIB
        self._observer = observer
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        count = self._file.readinto(buffer)  # type: ignore[arg-type]  # a writable buffer, as io hands it on
        self._bytes += count
        if self._size_mib >= 1:
            self._observer.progress(int(self._bytes / _MIB), int(self._size_mib), "MiB")
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


@contextmanager
def opened_text(path: Path, observer: Observer) -> Iterator[TextIO]:
    """Open a UTF-8 text, unpacking gzip on the way. Raises UsageError where it cannot be opened."""
    packed = is_gzip(path)
    raw = io.BufferedReader(_Counting(path, observer), buffer_size=_MIB)
    with raw:
        if packed:
            yield io.TextIOWrapper(gzip.GzipFile(fileobj=raw), encoding="utf-8-sig")
        else:
            yield io.TextIOWrapper(raw, encoding="utf-8-sig")
