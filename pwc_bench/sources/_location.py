"""Finding the place that `--data` means: the folder or file, and what the folder holds."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.errors import SourceError
from pwc_bench.core.files import user_path

IMAGE_SUFFIXES = (".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""What an image's file name ends with, in lower or upper case."""

HUB_PREFIX = "hf:"
OFFICIAL_TAR = "ILSVRC2012_img_val.tar"
DEVKIT = "ILSVRC2012_devkit_t12"
"""The devkit's folder, or with ".tar.gz" its archive."""

_KAGGLE_FOLDERS = ("imagenet-object-localization-challenge", "ilsvrc", "data", "cls-loc")
"""The folders of Kaggle's archive above train/ and val/, the outermost first, in lower case."""

_SYSTEM_FILES = frozenset(
    {
        *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "__macosx", "icon\r"),
        *("$recycle.bin", "recycler", "recycled", "system volume information", "found.000", "lost+found"),
        *("@eadir", "@tmp", "@recycle", "@recently-snapshot", "#recycle", "#snapshot", "~snapshot"),
    }
)
"""What macOS, Windows, Linux, Synology, QNAP and NetApp put among people's files, in lower case; "." hides the rest."""
_SPLIT_IN_NAME = re.compile(r"(?<![a-z0-9])(train|validation|val|test)(?![a-z0-9])", re.IGNORECASE)
"""How a file says its split: "validation-00000-of-00014.parquet", "imagenet1k-train-0000.tar"."""
_RANGE = re.compile(r"\{([0-9]{1,9})\.\.([0-9]{1,9})\}")
_MOST_SHARDS = 100_000
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
    shards: tuple[Path, ...] = ()
    """The files that a spec names with braces ("val-{000..004}.tar"), of which `path` is the first."""

    @property
    def name(self) -> str:
        """Return the last part of the path: what may be published, where the whole path may not."""
        if self.shards:
            return self.spec.replace("\\", "/").rpartition("/")[2]
        return self.spec if self.path is None else self.path.name


def locate(spec: str, dataset: Dataset, split: str) -> Location:
    """Find the place that a spec means, going down into the split's folder where there is one.

    Raises SourceError where nothing is there, it cannot be read, or it holds the split twice.
    """
    if spec.startswith(HUB_PREFIX):
        return Location(spec, None, None, dataset, split)
    shards = _braced(spec)
    try:
        path = user_path(shards[0] if shards else spec).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{spec}: cannot be opened ({reason}); name a folder or file of images") from error
    if not path.is_dir():
        if not path.is_file():
            raise SourceError(f"{spec}: no ordinary file (a pipe, a socket or a device): it is not read")
        return Location(spec, path, None, dataset, split, tuple(path.parent / Path(each).name for each in shards))
    listing = list_folder(path)
    for _ in _KAGGLE_FOLDERS:
        wrapping = None if _split_folder(spec, listing, dataset, split) else _kaggle_folder(listing)
        if wrapping is None or not _leads_on(path / wrapping):
            break
        path = path / wrapping
        listing = list_folder(path)
    chosen = _split_folder(spec, listing, dataset, split)
    if chosen is not None:
        path = path / chosen
        listing = list_folder(path)
    elif split != "val" and not _chooses_split(listing):
        raise SourceError(f"{spec}: holds no folder {split}/")
    return Location(spec, path, listing, dataset, split)


def label_places(path: Path) -> tuple[Path, ...]:
    """Return the folders in which the labels of the images in folder `path` may lie, the nearest first.

    They are the folder and the one above it; in Kaggle's archive those above that too, for its table lies at the top.
    """
    places = [path, path.parent]
    while places[-1].name.lower() in _KAGGLE_FOLDERS and places[-1].parent != places[-1]:
        places.append(places[-1].parent)
    return tuple(places)


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


def files_of_split(paths: Sequence[Path], split: str, spec: str) -> list[Path]:
    """Choose the files of the split by the word in their names; all, if no name says a split.

    Raises SourceError, beginning with `spec`, if there are files of other splits only.
    """
    by_split: dict[str, list[Path]] = {}
    for path in paths:
        match = _SPLIT_IN_NAME.search(path.name)
        by_split.setdefault(match[1].lower() if match else "", []).append(path)
    if by_split.keys() <= {""}:
        return list(paths)
    for name in (*split_names(split), "test") if split == "val" else split_names(split):
        if name in by_split:
            return by_split[name]
    found = ", ".join(name or "others" for name in sorted(by_split))
    raise SourceError(f"{spec}: holds no files of the {split} split ({found}); name the files that are meant")


def _braced(spec: str) -> tuple[str, ...]:
    """Write out a spec of shards, "val-{000..004}.tar", as shells and webdataset do; () if it names one file."""
    match = _RANGE.search(spec)
    if match is None or os.path.exists(spec):  # noqa: PTH110  (pathlib raises for some names)
        return ()
    first, last = int(match[1]), int(match[2])
    if not 0 <= last - first < _MOST_SHARDS or "/" in spec[match.end() :]:
        raise SourceError(f"{spec}: the braces name no row of files; write them like val-{{000..004}}.tar")
    width = len(match[1])
    return tuple(f"{spec[: match.start()]}{number:0{width}}{spec[match.end() :]}" for number in range(first, last + 1))


def _split_folder(spec: str, listing: Listing, dataset: Dataset, split: str) -> str | None:
    if any(name in _SELF_DESCRIBED for name in listing.others):
        return None
    found = [name for name in split_names(split) if name in listing.folders and name not in dataset.classes]
    if len(found) > 1:
        raise SourceError(f"{spec}: holds both {' and '.join(found)}; name the one that is meant")
    return found[0] if found else None


def _chooses_split(listing: Listing) -> bool:
    """Tell whether what lies here is of several splits, and tells them apart by itself."""
    return any(name in _SELF_DESCRIBED or name.lower().endswith((".parquet", ".tar")) for name in listing.others)


def _kaggle_folder(listing: Listing) -> str | None:
    """Name the outermost folder of Kaggle's archive that is here."""
    return next((name for kaggle in _KAGGLE_FOLDERS for name in listing.folders if name.lower() == kaggle), None)


def _leads_on(path: Path) -> bool:
    """Tell whether a folder belongs to Kaggle's archive: a `data/` of parquet files has the same name."""
    inside = list_folder(path)
    return "val" in inside.folders or _kaggle_folder(inside) is not None
