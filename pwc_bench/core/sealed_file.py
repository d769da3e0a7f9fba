"""Files that say whether they are whole: the SHA-256 of the content stands at their end."""

import hashlib
import os
from pathlib import Path

__all__ = ["read_sealed", "write_sealed"]

_SEAL_BYTES = 65
"""A line end and 64 hexadecimal digits."""


def write_sealed(path: Path, content: bytes) -> None:
    """Write `content` and its seal; the file appears whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".writing")
    with beside.open("wb") as file:
        file.write(content + _seal(content))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_sealed(path: Path) -> bytes | None:
    """Return the content; None if there is none, or if a single byte of it is not as it was written."""
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    content, seal = whole[:-_SEAL_BYTES], whole[-_SEAL_BYTES:]
    return content if seal == _seal(content) else None


def _seal(content: bytes) -> bytes:
    return b"\n" + hashlib.sha256(content).hexdigest().encode()
