"""A folder that Hugging Face datasets wrote with `save_to_disk`: one split, or several of them."""

import json
from pathlib import Path

from pwc_bench.core.errors import SourceError
from pwc_bench.core.source import ImageSource
from pwc_bench.sources._form import Form
from pwc_bench.sources._huggingface import HuggingFaceSource, choose_split
from pwc_bench.sources._location import Location

__all__ = ["FORM"]

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
    try:
        rows = datasets.load_from_disk(str(path))
    except Exception as error:  # datasets and pyarrow raise nearly anything on a damaged folder
        reason = " ".join(str(error).split())
        raise SourceError(f"{spec}: cannot be loaded ({reason}); save it again with save_to_disk") from error
    if not isinstance(rows, datasets.Dataset):
        raise SourceError(f"{spec}: holds no single split; save it again with save_to_disk")
    return HuggingFaceSource(spec, rows, location.dataset)


def _splits(path: Path, spec: str) -> list[str]:
    try:
        return [str(name) for name in json.loads((path / _SEVERAL_SPLITS).read_text(encoding="utf-8"))["splits"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{spec}: {_SEVERAL_SPLITS} is damaged; save the data set again with save_to_disk") from error


FORM = Form("saved", "a folder saved by Hugging Face datasets", _recognises, _open)
