"""`hf:REPO[:SPLIT]`: a data set of the Hugging Face hub, or of a folder with the same layout.

Only the split's own files are fetched where the data set stores its splits in separate files.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.errors import SourceError
from pwc_bench.sources._columns import ClassIndex, find_columns
from pwc_bench.sources._files import check_plain
from pwc_bench.sources._items import Form
from pwc_bench.sources._location import HUB_PREFIX, Location
from pwc_bench.sources._rows import HuggingFaceSource, choose_split

if TYPE_CHECKING:
    import datasets

_SEPARATE_FILES = ("parquet", "arrow")
"""The builders for which a part of the files is a data set of the same features."""


def _recognises(location: Location) -> bool:
    return location.spec.startswith(HUB_PREFIX)


def _open(location: Location) -> ImageSource:
    repo, _, wanted = location.spec.removeprefix(HUB_PREFIX).partition(":")
    if not repo:
        raise SourceError(f"{location.spec}: names no data set; write hf:OWNER/NAME or hf:OWNER/NAME:SPLIT")
    import datasets
    from huggingface_hub import constants

    _check_folder(Path(repo), location.spec)
    try:
        with _without_notices():
            builder = datasets.load_dataset_builder(repo)
        split = _split(builder, repo, wanted, location)
        if builder.info.features is not None:  # refuse before gigabytes are fetched
            find_columns(builder.info.features.arrow_schema, ClassIndex(location.dataset), location.spec)
        rows = _load(repo, builder, split)
    except SourceError:
        raise
    except Exception as error:  # datasets, huggingface_hub, httpx and pyarrow each raise their own
        raise SourceError(_explanation(location.spec, error)) from error
    name = repo.rstrip("/").rpartition("/")[2] if repo.startswith(("/", ".", "~")) else repo
    folders = (Path(repo), Path(datasets.config.HF_DATASETS_CACHE), Path(constants.HF_HUB_CACHE))
    return HuggingFaceSource(f"Hugging Face {name} {split}", rows, location.dataset, folders)


def _check_folder(folder: Path, spec: str) -> None:
    """Look at all that lies in a local data set: datasets would wait for a pipe."""
    for parent, _, names in os.walk(folder):
        for name in names:
            if (path := Path(parent) / name).exists():
                check_plain(path, f"{spec}: {name}", SourceError)


@contextmanager
def _without_notices() -> Iterator[None]:
    """Keep the hub's client from announcing each new attempt: where all fail, one error says so."""
    logger = logging.getLogger("huggingface_hub")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _split(builder: "datasets.DatasetBuilder", repo: str, wanted: str, location: Location) -> str:
    import datasets

    files = getattr(builder.config, "data_files", None)
    available = [str(name) for name in files or builder.info.splits or datasets.get_dataset_split_names(repo)]
    if not wanted:
        return choose_split(available, location.split, location.spec)
    if wanted not in available:
        raise SourceError(f"{location.spec}: has no split {wanted}, only {', '.join(available)}")
    return wanted


def _load(repo: str, builder: "datasets.DatasetBuilder", split: str) -> "datasets.Dataset":
    """Prepare the split. Given the name alone, datasets would fetch and convert every other split too."""
    import datasets

    files = getattr(builder.config, "data_files", None)
    if files and builder.name in _SEPARATE_FILES:
        return datasets.load_dataset(
            repo, data_files={split: list(files[split])}, split=split, features=builder.info.features
        )
    return datasets.load_dataset(repo, split=split)


def _explanation(spec: str, error: BaseException) -> str:
    """Say what went wrong in one line, from an error and those that led to it."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        cause = cause.__cause__ or cause.__context__
    kinds = {kind.__name__ for found in seen for kind in type(found).__mro__}
    reason = " ".join(str(error).split()) or type(error).__name__
    if "GatedRepoError" in kinds or "gated" in reason:
        return f"{spec}: the data set is gated; accept its terms on its page, log in with `hf auth login`, try again"
    if kinds & {"ConnectionError", "OfflineModeIsEnabled", "TransportError", "TimeoutError"}:
        return f"{spec}: the hub cannot be reached ({reason}); connect to it, or name a local copy"
    if kinds & {"DatasetNotFoundError", "RepositoryNotFoundError", "DataFilesNotFoundError", "FileNotFoundError"}:
        return f"{spec}: there is no such data set, or it is private ({reason}); check the name, or log in"
    return f"{spec}: cannot be loaded ({reason})"


FORM = Form("hub", "a Hugging Face data set (hf:OWNER/NAME)", _recognises, _open)
