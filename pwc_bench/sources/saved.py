"""A folder that Hugging Face datasets wrote with `save_to_disk`: one split, or several of them."""

import json
from pathlib import Path

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.errors import SourceError, library_errors_as
from pwc_bench.sources._files import check_plain, file_text
from pwc_bench.sources._items import Form
from pwc_bench.sources._location import Location, list_folder
from pwc_bench.sources._rows import HuggingFaceSource, choose_split

_SEVERAL_SPLITS = "dataset_dict.json"
_ONE_SPLIT = "state.json"


def _recognises(location: Location) -> bool:
    return location.listing is not None and any(
        name in location.listing.others for name in (_SEVERAL_SPLITS, _ONE_SPLIT)
    )


def _open(location: Location) -> ImageSource:
    path, listing = location.path, location.listing
    if path is None or listing is None:
        raise SourceError(f"{location.spec}: not a folder")
    import datasets

    spec = f"Hugging Face folder {location.name}"
    if _SEVERAL_SPLITS in listing.others:
        split = choose_split(_splits(path, spec), location.split, spec)
        path, spec = path / split, f"{spec} {split}"
    for name in list_folder(path).others:
        check_plain(path / name, f"{spec}: {name}", SourceError)
    with library_errors_as(SourceError, f"{spec}: cannot be loaded", "save it again with save_to_disk"):
        rows = datasets.load_from_disk(str(path))
    if not isinstance(rows, datasets.Dataset):
        raise SourceError(f"{spec}: holds no single split; save it again with save_to_disk")
    return HuggingFaceSource(spec, rows, location.dataset, (path,))


def _splits(path: Path, spec: str) -> list[str]:
    with library_errors_as(SourceError, f"{spec}: {_SEVERAL_SPLITS} is damaged", "save it again with save_to_disk"):
        return [str(name) for name in json.loads(file_text(path / _SEVERAL_SPLITS, _SEVERAL_SPLITS))["splits"]]


FORM = Form("saved", "a folder saved by Hugging Face datasets", _recognises, _open)
