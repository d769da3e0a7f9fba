"""Finding the place that `--data` means: the folder or file, and what the folder holds."""

import os
from dataclasses import dataclass
from pathlib import Path

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.errors import SourceError
from pwc_bench.core.files import user_path

__all__ = [
    "DEVKIT",
    "HUB_PREFIX",
    "IMAGE_SUFFIXES",
    "OFFICIAL_TAR",
    "Listing",
    "Location",
    "is_hidden",
    "is_image",
    "list_folder",
    "locate",
    "split_names",
]

IMAGE_SUFFIXES = (".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""What an image's file name ends with, in lower or upper case."""

HUB_PREFIX = "hf:"
OFFICIAL_TAR = "ILSVRC2012_img_val.tar"
DEVKIT = "ILSVRC2012_devkit_t12"
"""The devkit's folder, or with ".tar.gz" its archive."""

_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_SELF_DESCRIBED = ("dataset_dict.json", "state.json")
"""Files of a folder that chooses its splits itself."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds, hidden and system files left out, each kind sorted by name."""

    images: tuple[str, ...]
    folders: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """Where the images of one split lie."""

    spec: str
    """What the user wrote."""
    path: Path | None
    """The file or folder, None for a data set on the Hugging Face hub."""
    listing: Listing | None
    """What the folder holds, None where `path` is no folder."""
    dataset: Dataset
    """What the images are."""
    split: str
    """"val" or "train"."""

    @property
    def name(self) -> str:
        """Return the last part of the path: what may be published, where the whole path may not."""
        return self.spec if self.path is None else self.path.name


def locate(spec: str, dataset: Dataset, split: str) -> Location:
    """Find the place that a spec means, going down into the split's folder where there is one.

    Raises SourceError where nothing is there, it cannot be read, or it holds the split twice.
    """
    if spec.startswith(HUB_PREFIX):
        return Location(spec, None, None, dataset, split)
    try:
        path = user_path(spec).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{spec}: cannot be opened ({reason}); name a folder or file of images") from error
    if not path.is_dir():
        return Location(spec, path, None, dataset, split)
    listing = list_folder(path)
    chosen = _split_folder(spec, listing, dataset, split)
    if chosen is not None:
        path = path / chosen
        listing = list_folder(path)
    return Location(spec, path, listing, dataset, split)


def split_names(split: str) -> tuple[str, ...]:
    """Return what folders, files and Hugging Face data sets call a split, the best name first."""
    return ("validation", "val") if split == "val" else (split,)


def list_folder(path: Path) -> Listing:
    """List a folder, following links. Raises SourceError where it cannot be read."""
    found: dict[str, list[str]] = {"images": [], "folders": [], "others": []}
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if is_hidden(entry.name):
                    continue
                kind = "folders" if entry.is_dir() else "images" if is_image(entry.name) else "others"
                found[kind].append(entry.name)
    except OSError as error:
        raise SourceError(f"{path}: the folder cannot be read ({error.strerror})") from error
    return Listing(tuple(sorted(found["images"])), tuple(sorted(found["folders"])), tuple(sorted(found["others"])))


def is_image(name: str) -> bool:
    """Whether a file of this name is an image."""
    return name.lower().endswith(IMAGE_SUFFIXES)


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name belongs to the system, not to the data."""
    return name.startswith(".") or name.lower() in _SYSTEM_FILES


def _split_folder(spec: str, listing: Listing, dataset: Dataset, split: str) -> str | None:
    if any(name in listing.others for name in _SELF_DESCRIBED):
        return None
    found = [name for name in split_names(split) if name in listing.folders and name not in dataset.classes]
    if len(found) > 1:
        raise SourceError(f"{spec}: holds both {' and '.join(found)}; name the one that is meant")
    if not found and split != "val" and not any(name.lower().endswith(".parquet") for name in listing.others):
        raise SourceError(f"{spec}: holds no folder {split}/")
    return found[0] if found else None
