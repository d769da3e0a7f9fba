"""ImageFolder: a folder for each class, named by the class, with images in it."""

from collections.abc import Iterator
from pathlib import Path

from pwc_bench.core.dataset import ImageSource, Item
from pwc_bench.core.errors import SourceError
from pwc_bench.sources._columns import ClassIndex
from pwc_bench.sources._items import FileSource, Form
from pwc_bench.sources._location import DEVKIT, Location, list_folder


def _recognises(location: Location) -> bool:
    return location.listing is not None and any(name != DEVKIT for name in location.listing.folders)


def _open(location: Location) -> ImageSource:
    path, listing = location.path, location.listing
    if path is None or listing is None:
        raise SourceError(f"{location.spec}: not a folder")
    spec = f"ImageFolder {location.name}"
    index = ClassIndex(location.dataset)
    if listing.images and not any(index.label(name) is not None for name in listing.folders):
        raise SourceError(
            f"{spec}: holds images and the folder {listing.folders[0]!r}, which is no class of {location.dataset.key} "
            f"({index.example}); remove it, or sort the images into class folders"
        )
    if listing.images:
        raise SourceError(
            f"{spec}: the image {listing.images[0]!r} lies beside the class folders and so is unlabelled; "
            "move it into one or remove it"
        )
    return FileSource(spec, path, _items(path, listing.folders, index, spec))


def _items(root: Path, folders: tuple[str, ...], index: ClassIndex, spec: str) -> Iterator[Item]:
    """Yield the images of every class folder, with the label of the class, not of the folder's place."""
    for class_id in folders:
        label = index.label(class_id)
        if label is None:
            raise SourceError(
                f"{spec}: the folder {class_id!r} is no class of {index.dataset.key} ({index.example}); "
                "rename or remove it"
            )
        inside = list_folder(root / class_id)
        if inside.folders:
            raise SourceError(f"{spec}: the class folder {class_id} holds a folder {inside.folders[0]!r}; remove it")
        if not inside.images:
            raise SourceError(f"{spec}: the class folder {class_id} holds no images; fill it or remove it")
        for name in inside.images:
            yield Item(f"{class_id}/{name}", label)


FORM = Form("folder", "a folder of class folders", _recognises, _open, asked_last=True)
