"""Where the weights of a variant are looked for."""

import json
import re
import stat
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.files import user_path
from pwc_bench.core.record import WeightsStatus
from pwc_bench.core.text_forms import slugify
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.weights.place import Place, place_of

INDEX_SUFFIX = ".index.json"
_SHARD = re.compile(r"(?P<stem>.+)-\d{5}-of-\d{5}(?P<suffix>\.\w+)")
_MOST_BYTES = 100_000_000


def checkpoint_files(path: Path, name: str) -> tuple[Path, ...]:
    """Return the files of a checkpoint: itself, or an index and its shards. Raises WeightsError if one is no file."""
    _check_regular(path, name)
    if not path.name.endswith(INDEX_SUFFIX):
        return (path,)
    shards = tuple(path.with_name(shard) for shard in shard_names(path, name))
    for shard in shards:
        _check_regular(shard, shard.name)
    return (path, *shards)


def shard_names(index: Path, name: str) -> list[str]:
    """Return the names of the files that an index names, all beside it. Raises WeightsError if it is no index."""
    try:
        with index.open("rb") as file:
            places = json.loads(file.read(_MOST_BYTES))["weight_map"]
        names = sorted(set(places.values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise WeightsError(f"{name} is no index of a checkpoint in several files (no weight_map)") from None
    if not names or not all(isinstance(each, str) and each == Path(each).name and each != ".." for each in names):
        raise WeightsError(f"{name} names files that do not lie beside it")
    return names


def index_of(path: Path) -> Path | None:
    """Return the index beside one file of several; None if `path` is a whole checkpoint.

    Raises WeightsError if the index is missing.
    """
    parts = _SHARD.fullmatch(path.name)
    if parts is None:
        return None
    index = path.with_name(f"{parts['stem']}{parts['suffix']}{INDEX_SUFFIX}")
    if not index.is_file():
        raise WeightsError(
            f"{path.name} is one of several files of a checkpoint, and their index {index.name} is missing"
        )
    return index


def _check_regular(path: Path, name: str) -> None:
    """Refuse devices, pipes and sockets, which have no end."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise WeightsError(f"{name} cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(mode):
        raise WeightsError(f"{name} is no regular file (a device, a pipe or a folder)")


_SUFFIXES = (".pth", ".pt", ".safetensors", ".bin")
_NAMES_IN_FOLDER = (
    "model.safetensors",
    "pytorch_model.bin",
    f"model.safetensors{INDEX_SUFFIX}",
    f"pytorch_model.bin{INDEX_SUFFIX}",
)


def places_of(variant: Variant, *, named: str | None, folder: Path | None) -> tuple[Place, ...]:
    """Return the places to try, the preferred one first; none where the variant has no weights.

    What the user named wins, then a file in `folder` that carries the variant's key, then the public checkpoints.
    Raises WeightsError where a named file or folder is missing or ambiguous.
    """
    if named is not None:
        place = place_of(named)
        if place.is_hub or place.is_address:
            return (place,)
        return (_local(_file_at(user_path(named))),)
    if folder is not None:
        own = _file_in(folder, variant)
        if own is not None:
            return (_local(own),)
    return tuple(Place(known.uri, WeightsStatus.PUBLIC, known.sha256) for known in variant.checkpoints)


def _local(path: Path) -> Place:
    return Place(str(path), WeightsStatus.LOCAL)


def _file_at(path: Path) -> Path:
    """Return the checkpoint at `path`, which may be the folder of a model as the hub lays it out."""
    if not path.exists():
        raise WeightsError(f"no such weights file: {path} (expected a path, an https address or hub:OWNER/NAME)")
    if not path.is_dir():
        return index_of(path) or path
    inside = _only([path / name for name in _NAMES_IN_FOLDER if (path / name).is_file()][:1], path)
    inside = inside or _only(_checkpoints_in(path), path)
    if inside is None:
        raise WeightsError(f"the folder {path.name} holds no weights: no file ends in {', '.join(_SUFFIXES)}")
    return inside


def _file_in(folder: Path, variant: Variant) -> Path | None:
    """Return the file in `folder` that is a variant's by its name, None where other variants' files lie there.

    The key comes before timm's name for it, and that before the name of the published file.
    """
    if not folder.is_dir():
        raise WeightsError(f"no such weights folder: {folder}")
    key, found = variant.key, None
    for names in (dict.fromkeys((key, slugify(key))), [variant.timm_name] if variant.timm_name else []):
        files = [
            folder / f"{name}{suffix}{end}" for name in names for suffix in _SUFFIXES for end in ("", INDEX_SUFFIX)
        ]
        files += [folder / name / inside for name in names for inside in _NAMES_IN_FOLDER]
        found = found or _only([file for file in files if file.is_file()], folder)
    published = [folder / PurePosixPath(urlsplit(known.uri).path).name for known in variant.checkpoints]
    found = found or next(
        (f for f in published if f.suffix in _SUFFIXES and f.name not in _NAMES_IN_FOLDER and f.is_file()), None
    )
    if found is None and not _checkpoints_in(folder) and not any(_checkpoints_in(sub) for sub in _folders_in(folder)):
        raise WeightsError(f"the folder {folder.name} holds no weights: name the files after variants, as in {key}.pth")
    return found


def _only(files: list[Path], folder: Path) -> Path | None:
    if len(files) > 1:
        names = ", ".join(sorted(str(file.relative_to(folder)) for file in files))
        raise WeightsError(f"the folder {folder.name} holds several checkpoints that could be meant: {names}; name one")
    return files[0] if files else None


def _checkpoints_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES and file.is_file())


def _folders_in(folder: Path) -> list[Path]:
    return [sub for sub in folder.iterdir() if sub.is_dir()]
