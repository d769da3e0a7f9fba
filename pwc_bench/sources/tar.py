"""An uncompressed tar: the official `ILSVRC2012_img_val.tar`, or an ImageFolder packed as it is.

Images are read where they lie in the archive, in any order and from many threads; nothing is unpacked.
"""

import os
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pwc_bench.core.errors import ImageError, SourceError
from pwc_bench.core.source import ImageSource, Item
from pwc_bench.sources._beside import labels_beside
from pwc_bench.sources._classes import ClassIndex
from pwc_bench.sources._form import Form
from pwc_bench.sources._items import in_order
from pwc_bench.sources._location import OFFICIAL_TAR, Location, is_hidden, is_image, split_names

__all__ = ["FORM", "TarSource"]

_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
_COMPRESSION_MARKS = {b"\x1f\x8b": "gzip -d", b"BZh": "bzip2 -d", b"\xfd7zXZ": "xz -d", b"\x28\xb5\x2f\xfd": "zstd -d"}
"""The first bytes of compressed files, and what unpacks them."""


class _Member(NamedTuple):
    path: PurePosixPath
    offset: int
    size: int


class TarSource:
    """Reads members of one open tar by their offsets."""

    def __init__(self, spec: str, path: Path, found: Sequence[tuple[Item, tuple[int, int]]]) -> None:
        self._spec = spec
        self._items, self._extents = in_order(found, spec)
        self._file: int | None = os.open(path, os.O_RDONLY)

    @property
    def spec(self) -> str:
        """Say the form and the archive's name."""
        return self._spec

    @property
    def items(self) -> Sequence[Item]:
        """List the images by name: their path in the archive below the folder that holds them all."""
        return self._items

    def read(self, index: int) -> bytes:
        """Return the bytes of image `index`. Raises ImageError where the archive cannot be read, or is closed."""
        name = self._items[index].name
        offset, size = self._extents[index]
        if self._file is None:
            raise ImageError(f"{name}: the archive is closed")
        try:
            data = os.pread(self._file, size, offset)
        except OSError as error:
            raise ImageError(f"{name}: the archive cannot be read ({error.strerror})") from error
        if len(data) < size:
            raise ImageError(f"{name}: the archive has become shorter since it was opened")
        return data

    def close(self) -> None:
        """Close the archive."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _recognises(location: Location) -> bool:
    if location.listing is not None:
        return OFFICIAL_TAR in location.listing.others and not location.listing.images
    return location.path is not None and location.path.name.lower().endswith(_TAR_SUFFIXES)


def _open(location: Location) -> ImageSource:
    path = location.path
    if path is None:
        raise SourceError(f"{location.spec}: not a file")
    if location.listing is not None:
        path = path / OFFICIAL_TAR
    spec = f"tar {path.name}"
    index = ClassIndex(location.dataset)
    found = list(_members(path, spec))
    if not found:
        raise SourceError(f"{spec}: holds no images; name a tar of images or of class folders")
    members = _below_one_folder(found, location.split, index, spec)
    parents = {member.path.parent for member in members}
    if any(index.label(parent.name) is not None for parent in parents):
        return TarSource(spec, path, list(_by_class_folder(members, index, spec)))
    names = [member.path.name for member in members]
    labels = labels_beside(names, (path.parent,), index, spec)
    labelled = [
        (Item(name, label), (member.offset, member.size))
        for name, label, member in zip(names, labels, members, strict=True)
    ]
    return TarSource(spec, path, labelled)


def _members(path: Path, spec: str) -> Iterator[_Member]:
    """Yield where each image lies. Raises SourceError for what is no whole, uncompressed tar of plain files."""
    _refuse_compressed(path, spec)
    size_bytes = path.stat().st_size
    try:
        with tarfile.open(path, "r:") as archive:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # it would keep every header
                inside = PurePosixPath(member.name)
                if member.isdir() or any(is_hidden(part) for part in inside.parts) or not is_image(inside.name):
                    continue
                if not member.isreg() or member.issparse():
                    raise SourceError(f"{spec}: {member.name} is a link or sparse; pack the files themselves (tar -h)")
                if member.offset_data + member.size > size_bytes:
                    raise SourceError(f"{spec}: cut short within {member.name}; copy it again")
                yield _Member(inside, member.offset_data, member.size)
            _check_end(archive, spec)
    except (tarfile.TarError, EOFError) as error:
        raise SourceError(f"{spec}: no tar archive, or a damaged one ({error}); copy it again") from error
    except OSError as error:
        raise SourceError(f"{spec}: cannot be read ({error.strerror})") from error


def _check_end(archive: tarfile.TarFile, spec: str) -> None:
    """Tell the archive's end from a damaged header, at which tarfile stops without a word."""
    if archive.fileobj is not None:
        archive.fileobj.seek(archive.offset)
        if any(archive.fileobj.read(tarfile.BLOCKSIZE)):
            raise SourceError(f"{spec}: damaged or cut short after {archive.offset:,} bytes; copy it again")


def _refuse_compressed(path: Path, spec: str) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise SourceError(f"{spec}: cannot be read ({error.strerror})") from error
    for mark, command in _COMPRESSION_MARKS.items():
        if start.startswith(mark):
            raise SourceError(f"{spec}: compressed, so images cannot be read in any order; unpack it with {command}")


def _below_one_folder(members: list[_Member], split: str, index: ClassIndex, spec: str) -> list[_Member]:
    """Return the images of the split, where an archive holds several folders of class folders."""
    roots: dict[PurePosixPath, list[_Member]] = {}
    for member in members:
        is_in_class = index.label(member.path.parent.name) is not None
        roots.setdefault(member.path.parent.parent if is_in_class else member.path.parent, []).append(member)
    if len(roots) <= 1:
        return members
    nested = [root for root in roots if any(root != other and root.is_relative_to(other) for other in roots)]
    if nested:
        raise SourceError(f"{spec}: the folder {nested[0].name!r} is no class of {index.dataset.key} ({index.example})")
    chosen = [root for root in roots if root.name in split_names(split)]
    if len(chosen) == 1:
        return roots[chosen[0]]
    raise SourceError(
        f"{spec}: holds images in several folders ({', '.join(sorted(map(str, roots)))}), of which not exactly one is "
        f"named {' or '.join(split_names(split))}; pack one folder of class folders"
    )


def _by_class_folder(
    members: Sequence[_Member], index: ClassIndex, spec: str
) -> Iterator[tuple[Item, tuple[int, int]]]:
    for member in members:
        class_id = member.path.parent.name
        label = index.label(class_id)
        if label is None:
            raise SourceError(f"{spec}: {member.path} lies beside the class folders and so is unlabelled; leave it out")
        yield Item(f"{class_id}/{member.path.name}", label), (member.offset, member.size)


FORM = Form("tar", "a tar archive", _recognises, _open)
