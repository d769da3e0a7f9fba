"""Crops on disk, so that a later pass reads them instead of decoding. Optional, bounded, and never trusted blindly."""

import hashlib
import json
import mmap
import os
import shutil
import threading
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from pwc_bench.core.dataset import ImageSource, manifest_sha256
from pwc_bench.core.errors import ImageError
from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.crop import crops
from pwc_bench.imaging.decode import decoder_name

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


_RESERVE_BYTES = 2**30
"""What is left free on the disk: results have to be written too."""
_CHECKED_IMAGES = 16
"""How many crops of a file are made anew before the others are believed."""
_PATIENCE_SECONDS = 60.0
"""How long other runs may look over the files before this one does without them."""


@dataclass(slots=True)
class CropCache:
    """The crops of one source for some recipes. Safe to use from many threads and processes at once."""

    files: Sequence[CropFile]
    """A file for each recipe."""
    warn: Callable[[str], None]
    _is_full: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_keeping(self) -> bool:
        """Tell whether there is room for more."""
        return not self._is_full

    def read(self, index: int, targets: Sequence[NDArray[np.uint8]]) -> bool:
        """Copy the crops of image `index`; False where not all recipes have one (`targets` then hold anything)."""
        return all(file.read(index, target) for file, target in zip(self.files, targets, strict=True))

    def write(self, index: int, made: Sequence[NDArray[np.uint8]]) -> None:
        """Keep the crops of image `index`, while there is room."""
        if self._is_full:
            return
        try:
            for file, crop in zip(self.files, made, strict=True):
                file.write(index, crop)
        except OSError as error:
            with self._lock:
                if not self._is_full:
                    self.warn(f"the crop cache takes no more: {error.strerror}")
                self._is_full = True


@dataclass(frozen=True, slots=True)
class CachedCrops:
    """A file of crops, as `doctor` shows it."""

    path: Path
    identity: CropIdentity
    images: int
    """The images whose crops are there."""
    size_bytes: int
    """What it takes on the disk."""


@contextmanager
def open_crop_cache(
    folder: Path,
    source: ImageSource,
    recipes: Sequence[Recipe],
    limit_bytes: int | None,
    warn: Callable[[str], None],
    *,
    images: int | None = None,
) -> Iterator[CropCache | None]:
    """Open the crops of `source` below `folder`, making files and room for them; None where there is no room.

    A file that is damaged, or whose crops are not those of the images, is thrown away. Files of other sources go, the
    longest unused first, where all together would be larger than `limit_bytes`; with None only the disk is the limit.
    `images` says how many of the images will have crops here, None that all of them will.
    """
    manifest, decoder = manifest_sha256(source.items), decoder_name()
    identities = [
        CropIdentity(
            recipe.key, recipe.sha256, recipe.crop_px, decoder, source.spec, manifest, images=len(source.items)
        )
        for recipe in recipes
    ]
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Held only while files are looked over: afterwards any number of runs read and write beside each other.
            with FileLock(folder / "crops.lock", timeout=_PATIENCE_SECONDS):
                kept = len(source.items) if images is None else images
                problem = _make_room(folder, identities, limit_bytes, kept)
                if problem is None:
                    files = [_ready(stack, folder, *pair, source) for pair in zip(identities, recipes, strict=True)]
        except Timeout:
            problem = f"{folder} is held by a run that does not answer"
        except OSError as error:
            problem = f"{folder}: {error.strerror}"
        if problem is not None:
            warn(f"no crop cache: {problem}")
            yield None
        else:
            yield CropCache(files, warn)


def list_cached_crops(folder: Path) -> Iterator[CachedCrops]:
    """Yield the sound files of crops below a folder, by name; nothing is changed."""
    for path in sorted(folder.glob("*.crops")):
        identity = read_identity(path)
        if identity is None:
            continue
        with open_crop_file(path, identity) as file:
            if file is not None:
                yield CachedCrops(path, identity, int(file.valid().sum()), path.stat().st_blocks * 512)


def _ready(stack: ExitStack, folder: Path, identity: CropIdentity, recipe: Recipe, source: ImageSource) -> CropFile:
    """Open one file; begin it anew where it is missing or cannot be believed."""
    path = folder / identity.file_name
    file = stack.enter_context(open_crop_file(path, identity))
    if file is None or not _holds_these_images(file, recipe, source):
        create_crop_file(path, identity)
        file = stack.enter_context(open_crop_file(path, identity))
    if file is None:
        raise OSError(5, f"{path.name} cannot be read back")
    path.touch()  # the time of its last use
    return file


def _holds_these_images(file: CropFile, recipe: Recipe, source: ImageSource) -> bool:
    """Make some crops anew and compare: other images may have taken the place of those with the same names."""
    present = np.flatnonzero(file.valid())
    chosen = present[np.linspace(0, len(present) - 1, min(_CHECKED_IMAGES, len(present))).astype(int)]
    stored = np.empty((recipe.crop_px, recipe.crop_px, 3), np.uint8)
    for index in chosen.tolist():
        try:
            (made,) = crops(source.read(index), source.items[index].name, [recipe])
        except (ImageError, OSError):
            return False
        if file.read(index, stored) and not np.array_equal(stored, made):
            return False
    return True


def _make_room(folder: Path, identities: Sequence[CropIdentity], limit_bytes: int | None, images: int) -> str | None:
    """Delete other files, the longest unused first, until ours fit; say why they cannot."""
    for path in folder.glob("*.writing-*"):
        path.unlink(missing_ok=True)  # left by a run that was killed: only one that holds the lock makes such files
    ours = {identity.file_name for identity in identities}
    needed = sum(identity.pixels_at + images * identity.crop_bytes for identity in identities)
    if limit_bytes is not None:
        if needed > limit_bytes:
            gib = 2**30
            return f"{needed / gib:.1f} GiB of crops are more than --crop-cache-limit {limit_bytes / gib:g}"
        _shrink(folder, ours, limit_bytes - needed)
    held = sum(path.stat().st_blocks * 512 for name in ours if (path := folder / name).exists())
    # Files that are full need no more room, and can be read on a full disk.
    if held < needed and shutil.disk_usage(folder).free < needed - held + _RESERVE_BYTES:
        return f"the disk of {folder} has no room for {needed / 2**30:.1f} GiB of crops"
    return None


def _shrink(folder: Path, ours: Collection[str], limit_bytes: int) -> None:
    """Delete the longest unused of the other files until they take no more than `limit_bytes` together."""
    others = sorted((p for p in folder.glob("*.crops") if p.name not in ours), key=lambda path: path.stat().st_mtime)
    while others and sum(path.stat().st_size for path in others) > limit_bytes:
        others.pop(0).unlink()
