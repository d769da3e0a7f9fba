"""The files of the official validation tar in one folder, labelled by what lies beside them."""

from pwc_bench.core.dataset import ImageSource, Item
from pwc_bench.core.errors import SourceError
from pwc_bench.sources._columns import ClassIndex
from pwc_bench.sources._items import FileSource, Form
from pwc_bench.sources._labels import labels_beside
from pwc_bench.sources._location import DEVKIT, Location, label_places


def _recognises(location: Location) -> bool:
    listing = location.listing
    return listing is not None and bool(listing.images) and all(name == DEVKIT for name in listing.folders)


def _open(location: Location) -> ImageSource:
    """Label the images by what lies in their folder or, where nothing does, beside it."""
    path, listing = location.path, location.listing
    if path is None or listing is None:
        raise SourceError(f"{location.spec}: not a folder")
    spec = f"folder of files {location.name}"
    labels = labels_beside(listing.images, label_places(path), ClassIndex(location.dataset), spec)
    return FileSource(spec, path, (Item(name, label) for name, label in zip(listing.images, labels, strict=True)))


FORM = Form("flat", "a folder of files with their labels beside them", _recognises, _open, asked_last=True)
