"""Files that are written whole or not at all, and those that tell when they were changed."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO

from pwc_bench.core.errors import PwcBenchError, UsageError

PACKAGE = Path(__file__).parent.parent
"""The folder of this program's code."""
LARGEST_LINE_BYTES = 64 << 20
"""A longer line of a file that is read line by line is no line of ours."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_MARK = b"\xef\xbb\xbf"
"""The byte order mark that some editors put before UTF-8 text; it says nothing."""


def user_path(text: str | Path) -> Path:
    """Return the path that `text` names, "~" and "~user" written out. Raises UsageError for one that can be none."""
    if "\0" in str(text):
        raise UsageError(f"{text}: a zero byte stands in no path")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise UsageError(f"{text}: that home folder is not known here: write the whole path, or set HOME") from None


def opened_file(path: Path, error: type[PwcBenchError], name: str | None = None) -> BufferedReader:
    """Open an ordinary file for reading. Raises `error`, one line, for a pipe, a device, a folder, or no rights.

    The line begins with `name`, or with the whole path.
    """
    name = str(path) if name is None else name
    try:
        _check_mode(path.stat().st_mode, name, error)
        # A pipe that takes the file's place in between must not be waited for.
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
        with contextlib.ExitStack() as closing:
            closing.callback(file.close)
            _check_mode(os.fstat(file.fileno()).st_mode, name, error)
            closing.pop_all()
    except (OSError, ValueError) as reason:  # ValueError: a zero byte in the name
        raise error(f"{name}: cannot be read: {getattr(reason, 'strerror', None) or reason}") from None
    return file


def _check_mode(mode: int, name: str, error: type[PwcBenchError]) -> None:
    if not stat.S_ISREG(mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "no ordinary file")
        raise error(f"{name}: {kind}: it is not read")


def file_bytes(path: Path, most_bytes: int, error: type[PwcBenchError]) -> bytes:
    """Return the content of an ordinary file of at most so many bytes. Raises `error`, one line, for any other."""
    with opened_file(path, error) as file:
        try:
            content = file.read(most_bytes + 1)
        except OSError as reason:
            raise error(f"{path}: cannot be read: {reason.strerror}") from None
    if len(content) > most_bytes:
        raise error(f"{path}: larger than {most_bytes:,} bytes: it is not read")
    return content


def file_text(path: Path, most_bytes: int, error: type[PwcBenchError]) -> str:
    """Return the UTF-8 text of an ordinary file, without a byte order mark. Raises `error`, one line."""
    return decoded(file_bytes(path, most_bytes, error), str(path), error)


def decoded(content: bytes, name: str, error: type[PwcBenchError]) -> str:
    """Return `content` as text, a byte order mark passed over. Raises `error` with `name` if it is not UTF-8."""
    try:
        return content.removeprefix(_MARK).decode()
    except UnicodeDecodeError as reason:
        raise error(f"{name}: not UTF-8 text: byte {reason.start} is {reason.object[reason.start]:#04x}") from None


def text_lines(file: BinaryIO | bytes, name: str, error: type[PwcBenchError]) -> Iterator[str]:
    """Yield the lines of UTF-8 text one by one, without a byte order mark. Raises `error` with `name` and the line."""
    stream = BytesIO(file) if isinstance(file, bytes) else file
    number = 0
    while line := _next_line(stream, name, error):
        number += 1
        content = line.removeprefix(_MARK) if number == 1 else line
        if len(content) > LARGEST_LINE_BYTES:
            raise error(f"{name}:{number}: the line is longer than {LARGEST_LINE_BYTES:,} bytes: it is not read")
        yield decoded(content, f"{name}:{number}", error)


def _next_line(stream: BinaryIO, name: str, error: type[PwcBenchError]) -> bytes:
    try:
        return stream.readline(LARGEST_LINE_BYTES + len(_MARK) + 1)
    except OSError as reason:
        raise error(f"{name}: cannot be read: {reason.strerror or reason}") from None


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
