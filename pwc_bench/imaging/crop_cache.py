"""Crops on disk, so that a later pass reads them instead of decoding. Optional, bounded, and never trusted blindly."""

import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from pwc_bench.core.dataset import ImageSource, manifest_sha256
from pwc_bench.core.errors import ImageError
from pwc_bench.core.variant import Recipe
from pwc_bench.imaging.crop import crops
from pwc_bench.imaging.crop_file import CropFile, CropIdentity, create_crop_file, open_crop_file, read_identity
from pwc_bench.imaging.decode import decoder_name

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
