"""Files as people have them among their data: looked at before they are opened, and never read beyond a limit."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from pwc_bench.core.errors import ImageError, PwcBenchError, SourceError, library_errors_as
from pwc_bench.core.files import opened_file

MAX_IMAGE_BYTES = 384 * 1024**2
"""A larger file is no image: the most pixels that are decoded take less, each written out with its alpha."""

_MAX_TEXT_BYTES = 256 * 1024**2
"""A larger file is no list of labels: that of the fourteen million images of all ImageNet takes this."""


def check_plain(path: Path, name: str, error: type[PwcBenchError]) -> None:
    """Look at a file that a library is going to open. Raises `error`, beginning with `name`, if it is no file."""
    opened_file(path, error, name).close()


def file_bytes(path: Path, name: str, error: type[PwcBenchError] = ImageError, limit: int = MAX_IMAGE_BYTES) -> bytes:
    """Return what a file holds. Raises `error`, beginning with `name`, if it is no file, or larger than `limit`.

    The size is asked for first: reading up to a limit as large as an image's would take that memory for each file.
    """
    with opened_file(path, error, name) as file:
        size_bytes = os.fstat(file.fileno()).st_size
        if size_bytes > limit:
            raise error(f"{name}: {size_bytes:,} bytes are more than the limit of {limit:,}; leave it out")
        try:
            return file.read(size_bytes)
        except OSError as reason:
            raise error(_unreadable(name, reason)) from reason


def file_text(path: Path, name: str) -> str:
    """Return a text file's content. Raises SourceError, beginning with `name`, if it cannot be read, or is no text."""
    return text_of(file_bytes(path, name, SourceError, _MAX_TEXT_BYTES), name)


def text_of(data: bytes, name: str) -> str:
    """Return text: UTF-8, or what its byte order mark says. Raises SourceError, beginning with `name`, for no text."""
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # as some Windows programs write it
    try:
        return data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{name}: not UTF-8 text; save it as UTF-8") from error


def beside(folders: tuple[Path, ...], path: str, name: str) -> Path:
    """Return the file that a table names by `path`, which may be relative to the first of `folders`.

    Raises ImageError, beginning with `name`, if it lies in none of them, whatever links lead there: a table that
    somebody sent must not have other files of this machine read.
    """
    try:
        found = (folders[0] / path).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise ImageError(_unreadable(name, error)) from error
    if not any(found.is_relative_to(folder.resolve()) for folder in folders):
        raise ImageError(f"{name}: the row names a file outside the folder of its table; put the images beside it")
    return found


def _unreadable(name: str, reason: Exception) -> str:
    return f"{name}: cannot be read: {getattr(reason, 'strerror', None) or reason}"


_MAX_NAME_BYTES = 1024**2
"""Headers that hold long names are read whole, so a larger one is refused."""

_NAMES = frozenset(
    {
        *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
        *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
    }
)


class _Header(tarfile.TarInfo):
    """A member's header, refused if it lets names take the memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        if header.type in _NAMES and not 0 <= header.size <= _MAX_NAME_BYTES:
            raise tarfile.ReadError(f"a name of {header.size:,} bytes")
        return header


def tar_members(
    path: Path, name: str, mode: Literal["r:", "r"], most_bytes: int
) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield each member, with the open archive. Raises SourceError, beginning with `name`, if it is no whole tar.

    A member that, unpacked, would end behind `most_bytes` is refused, so that nothing endless is unpacked.
    """
    advice = "copy it again"
    with (
        library_errors_as(SourceError, f"{name}: no tar archive, or a damaged one", advice),
        tarfile.open(path, mode, tarinfo=_Header) as archive,
    ):
        begun = -1
        while (member := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # it would keep every header
            # What no data follows, or is sparse, may say any size: the next header's place tells the true one.
            end = min(archive.offset, member.offset_data + member.size)
            if not begun < archive.offset or end > most_bytes:
                raise SourceError(f"{name}: cut short within {member.name}, or its size is not true; {advice}")
            begun = archive.offset
            yield archive, member
        _check_end(archive, name, advice)


def _check_end(archive: tarfile.TarFile, name: str, advice: str) -> None:
    """Tell the archive's end from a damaged header, at which tarfile stops without a word."""
    if archive.fileobj is not None:
        archive.fileobj.seek(archive.offset)
        if any(archive.fileobj.read(tarfile.BLOCKSIZE)):
            raise SourceError(f"{name}: damaged or cut short after {archive.offset:,} bytes; {advice}")
