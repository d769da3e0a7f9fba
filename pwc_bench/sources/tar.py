"""An uncompressed tar, or several: the official `ILSVRC2012_img_val.tar`, a packed ImageFolder, webdataset's shards.

Images are read where they lie in the archive, in any order and from many threads; nothing is unpacked.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pwc_bench.core.dataset import ImageSource, Item
from pwc_bench.core.errors import ImageError, SourceError
from pwc_bench.sources._columns import ClassIndex
from pwc_bench.sources._files import MAX_IMAGE_BYTES, check_plain, tar_members, text_of
from pwc_bench.sources._items import Form, in_order
from pwc_bench.sources._labels import label_of_index, labels_beside
from pwc_bench.sources._location import (
    DEVKIT,
    OFFICIAL_TAR,
    Location,
    files_of_split,
    is_hidden,
    is_image,
    label_places,
    split_names,
)

_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
_COMPRESSION_MARKS = {b"\x1f\x8b": "gzip -d", b"BZh": "bzip2 -d", b"\xfd7zXZ": "xz -d", b"\x28\xb5\x2f\xfd": "zstd -d"}
"""The first bytes of compressed files, and what unpacks them."""

_CLASS_SUFFIX = ".cls"
"""webdataset's: a member that holds the class of the image of the same name."""
_MAX_CLASS_BYTES = 1024


class _Member(NamedTuple):
    archive: int
    """The number of the archive that holds it."""
    path: PurePosixPath
    offset: int
    size: int

    @property
    def sample(self) -> tuple[int, PurePosixPath, str]:
        """Return what webdataset takes for one sample: an archive's members whose names agree up to the first dot."""
        return self.archive, self.path.parent, self.path.name.partition(".")[0]


class TarSource:
    """Reads members of tars by their offsets."""

    def __init__(self, spec: str, paths: Sequence[Path], found: Sequence[tuple[Item, _Member]]) -> None:
        self._spec = spec
        self._items, self._members = in_order(found, spec)
        self._paths = paths
        # Shards may be more than the system lets a process hold open.
        self._only: int | None = os.open(paths[0], os.O_RDONLY | os.O_CLOEXEC) if len(paths) == 1 else None
        self._is_closed = False

    @property
    def spec(self) -> str:
        """Say the form and the archive's name."""
        return self._spec

    @property
    def items(self) -> Sequence[Item]:
        """List the images by name: their path in the archive below the folder that holds them all."""
        return self._items

    def read(self, index: int) -> bytes:
        """Return the bytes of image `index`. Raises ImageError if the archive cannot be read, or is closed."""
        name, member = self._items[index].name, self._members[index]
        if self._is_closed:
            raise ImageError(f"{name}: the archive is closed")
        if member.size > MAX_IMAGE_BYTES:
            raise ImageError(f"{name}: {member.size:,} bytes are more than the limit of {MAX_IMAGE_BYTES:,}")
        try:
            data = self._bytes(member)
        except OSError as error:
            raise ImageError(f"{name}: the archive cannot be read ({error.strerror})") from error
        if len(data) < member.size:
            raise ImageError(f"{name}: the archive has become shorter since it was opened")
        return data

    def _bytes(self, member: _Member) -> bytes:
        if self._only is not None:
            return os.pread(self._only, member.size, member.offset)
        with self._paths[member.archive].open("rb", buffering=0) as file:
            return os.pread(file.fileno(), member.size, member.offset)

    def close(self) -> None:
        """Close the archive."""
        self._is_closed = True
        if self._only is not None:
            os.close(self._only)
            self._only = None


def _recognises(location: Location) -> bool:
    return bool(_archives(location))


def _archives(location: Location) -> list[Path]:
    """List the tars that are meant: those named, the official one, or a folder of nothing but tars."""
    path, listing = location.path, location.listing
    if path is None:
        return []
    if listing is None:
        named = location.shards or (path,)
        return [each for each in named if each.name.lower().endswith(_TAR_SUFFIXES)]
    if listing.images:
        return []
    if OFFICIAL_TAR in listing.others:
        return [path / OFFICIAL_TAR]
    if any(name != DEVKIT for name in listing.folders):
        return []
    return [path / name for name in listing.others if name.lower().endswith(".tar")]


def _open(location: Location) -> ImageSource:
    paths = _archives(location)
    if location.listing is not None:
        paths = files_of_split(paths, location.split, f"tar files {location.name}")
    spec = f"tar {paths[0].name}" if len(paths) == 1 else f"tar files {location.name}"
    index = ClassIndex(location.dataset)
    members: list[_Member] = []
    classes: dict[tuple[int, PurePosixPath, str], str] = {}
    for number, path in enumerate(paths):
        for member, text in _members(number, path, f"tar {path.name}"):
            if text is None:
                members.append(member)
            else:
                classes[member.sample] = text
    if not members:
        raise SourceError(f"{spec}: holds no images; name a tar of images or of class folders")
    if classes:
        return TarSource(spec, paths, list(_by_sample(members, classes, paths, index, spec)))
    members = _below_one_folder(members, location.split, index, spec)
    if any(index.label(member.path.parent.name) is not None for member in members):
        return TarSource(spec, paths, list(_by_class_folder(members, index, spec)))
    names = [member.path.name for member in members]
    labels = labels_beside(names, label_places(paths[0])[1:], index, spec)
    labelled = (Item(name, label) for name, label in zip(names, labels, strict=True))
    return TarSource(spec, paths, list(zip(labelled, members, strict=True)))


def _members(number: int, path: Path, spec: str) -> Iterator[tuple[_Member, str | None]]:
    """Yield where each image lies, and each sample's class with what it says. Raises SourceError for no whole tar."""
    check_plain(path, spec, SourceError)
    try:
        _refuse_compressed(path, spec)
        size_bytes = path.stat().st_size
    except OSError as error:
        raise SourceError(f"{spec}: cannot be read ({error.strerror})") from error
    for archive, member in tar_members(path, spec, "r:", size_bytes):
        inside = PurePosixPath(member.name)
        is_class = inside.name.lower().endswith(_CLASS_SUFFIX)
        if member.isdir() or any(is_hidden(part) for part in inside.parts) or not (is_class or is_image(inside.name)):
            continue
        if not member.isreg() or member.issparse():
            raise SourceError(f"{spec}: {member.name} is a link or sparse; pack the files themselves (tar -h)")
        text = None
        if is_class:
            content = archive.extractfile(member)
            text = text_of(content.read(_MAX_CLASS_BYTES) if content else b"", f"{spec}: {member.name}").strip()
        yield _Member(number, inside, member.offset_data, member.size), text


def _refuse_compressed(path: Path, spec: str) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    for mark, command in _COMPRESSION_MARKS.items():
        if start.startswith(mark):
            raise SourceError(f"{spec}: compressed, so images cannot be read in any order; unpack it with {command}")


def _by_sample(
    members: Sequence[_Member],
    classes: Mapping[tuple[int, PurePosixPath, str], str],
    paths: Sequence[Path],
    index: ClassIndex,
    spec: str,
) -> Iterator[tuple[Item, _Member]]:
    """Label images by the class of their sample; where two have one name, all are named "shard/file"."""
    counts = Counter(member.path.name for member in members)
    is_unique = len(counts) == len(members)
    for member in members:
        shard = paths[member.archive]
        name = member.path.name if is_unique else f"{shard.name.removesuffix('.tar')}/{member.path}"
        if member.sample not in classes:
            raise SourceError(f"{spec}: {member.path} in {shard.name} has no {_CLASS_SUFFIX} and so is unlabelled")
        where = f"{spec}: the {_CLASS_SUFFIX} of {member.path} in {shard.name}"
        yield Item(name, label_of_index(classes[member.sample], where, index)), member


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


def _by_class_folder(members: Sequence[_Member], index: ClassIndex, spec: str) -> Iterator[tuple[Item, _Member]]:
    for member in members:
        class_id = member.path.parent.name
        label = index.label(class_id)
        if label is None:
            raise SourceError(f"{spec}: {member.path} lies beside the class folders and so is unlabelled; leave it out")
        yield Item(f"{class_id}/{member.path.name}", label), member


FORM = Form("tar", "a tar archive, or webdataset's shards", _recognises, _open)
