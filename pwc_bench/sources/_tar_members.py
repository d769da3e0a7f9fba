"""Walking a tar's members without believing what their headers say of sizes."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from pwc_bench.core.errors import SourceError, library_errors_as

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
