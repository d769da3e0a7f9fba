"""A checkpoint in several files, with an index that says which tensor lies where."""

import json
import re
import stat
from pathlib import Path

from pwc_bench.core.errors import WeightsError

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
