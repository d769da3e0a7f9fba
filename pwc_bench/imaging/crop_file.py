"""One file of crops: a header, a mark for each image, and the pixels, at places that follow from the image's number.

A mark holds the checksum of its image's pixels and is written after them, so an image is either there whole or not at
all: after SIGKILL, after a power cut that wrote the mark and lost the pixels, and while another process writes. Several
processes may write at once, since all of them write the same bytes: what decides a crop's pixels is in the header, and
a file with another header is another file.
"""

import hashlib
import json
import mmap
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"pwc-bench crops 1\n"
_HEADER_BYTES = 4096
_PAGE_BYTES = 4096
_MARK = np.dtype("<u8")
_IS_VALID = 1 << 32
"""A mark is this plus the checksum; 0 where there is no crop."""


@dataclass(frozen=True, slots=True)
class CropIdentity:
    """All that decides the pixels of a file of crops."""

    recipe: str
    """The recipe's key, for people."""
    recipe_sha256: str
    crop_px: int
    decoder: str
    """What decoded, with the versions of Pillow and of the JPEG library."""
    source: str
    """The storage form and the name of the folder or file."""
    manifest_sha256: str
    """The hash of the images' names and labels."""
    images: int

    @property
    def file_name(self) -> str:
        """Return the name of its file."""
        return f"{hashlib.sha256(self.header).hexdigest()[:24]}.crops"

    @property
    def header(self) -> bytes:
        """Return the first bytes of its file."""
        text = json.dumps(asdict(self), sort_keys=True).encode()
        return (_MAGIC + text + b"\n").ljust(_HEADER_BYTES, b"\0")

    @property
    def size_bytes(self) -> int:
        """Return the size of its file, filled or not."""
        return self.pixels_at + self.images * self.crop_bytes

    @property
    def crop_bytes(self) -> int:
        """Return the size of one crop."""
        return self.crop_px * self.crop_px * 3

    @property
    def pixels_at(self) -> int:
        """Return where the first crop begins."""
        marks_end = _HEADER_BYTES + self.images * _MARK.itemsize
        return -(-marks_end // _PAGE_BYTES) * _PAGE_BYTES


@dataclass(frozen=True, slots=True)
class CropFile:
    """An open file. Reading goes through a memory map; writing does not, so that a full disk is an error, no signal."""

    identity: CropIdentity
    _descriptor: int
    _map: mmap.mmap

    def read(self, index: int, target: NDArray[np.uint8]) -> bool:
        """Copy the crop of image `index` to `target`, (crop_px, crop_px, 3); False where there is no sound one."""
        mark = int(self._marks()[index])
        if not mark & _IS_VALID:
            return False
        start = self.identity.pixels_at + index * self.identity.crop_bytes
        stored = np.frombuffer(self._map, np.uint8, self.identity.crop_bytes, start)
        target[...] = stored.reshape(target.shape)
        return mark == _mark(target)

    def write(self, index: int, crop: NDArray[np.uint8]) -> None:
        """Keep the crop of image `index`. Raises OSError where the disk is full."""
        start = self.identity.pixels_at + index * self.identity.crop_bytes
        _write(self._descriptor, crop.data.cast("B"), start)
        mark = np.array(_mark(crop), _MARK).tobytes()
        _write(self._descriptor, memoryview(mark), _HEADER_BYTES + index * _MARK.itemsize)

    def valid(self) -> NDArray[np.bool_]:
        """Tell of which images there are crops, shape (images,)."""
        found: NDArray[np.bool_] = (self._marks() & np.uint64(_IS_VALID)) != 0
        return found

    def _marks(self) -> NDArray[np.uint64]:
        return np.frombuffer(self._map, _MARK, self.identity.images, _HEADER_BYTES)


def create_crop_file(path: Path, identity: CropIdentity) -> None:
    """Put an empty file in its place; it appears whole, and takes room on the disk only as it fills."""
    beside = path.with_suffix(f".writing-{os.getpid()}")
    with beside.open("wb") as file:
        file.write(identity.header)
        file.truncate(identity.size_bytes)
    beside.replace(path)


@contextmanager
def open_crop_file(path: Path, identity: CropIdentity) -> Iterator[CropFile | None]:
    """Open a file for reading and writing; None where it is missing, cut, damaged or of another identity."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        is_ours = os.fstat(descriptor).st_size == identity.size_bytes
        if not is_ours or os.pread(descriptor, _HEADER_BYTES, 0) != identity.header:
            yield None
            return
        # Arrays may still look at the map when the context ends: it is closed with the last of them.
        yield CropFile(identity, descriptor, mmap.mmap(descriptor, 0, prot=mmap.PROT_READ))
    finally:
        os.close(descriptor)


def read_identity(path: Path) -> CropIdentity | None:
    """Say what a file claims to hold; None where it is no file of crops."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        identity = CropIdentity(**json.loads(header.removeprefix(_MAGIC).rstrip(b"\0")))
        is_sound = header == identity.header and path.stat().st_size == identity.size_bytes
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return identity if is_sound else None


def _mark(crop: NDArray[np.uint8]) -> int:
    return _IS_VALID | zlib.crc32(crop.data)


def _write(descriptor: int, data: memoryview, offset: int) -> None:
    """Write all of `data`: the system may take it in pieces."""
    while data:
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written
