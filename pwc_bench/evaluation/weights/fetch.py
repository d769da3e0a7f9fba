"""Fetching a checkpoint from a web server into the cache."""

import hashlib
import os
import tempfile
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import unquote, urlsplit

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.observer import Observer
from pwc_bench.core.text_forms import without_secrets
from pwc_bench.evaluation.weights.place import UnavailableError, file_sha256, place_of
from pwc_bench.evaluation.weights.read import refuse_what_no_checkpoint_begins_with
from pwc_bench.web import Body, WebError, opened


def fetch(address: str, cache: Path, observer: Observer) -> Path:
    """Return the file at `address`, from the cache where it lies there unchanged.

    A download goes to a temporary file first, so that an interrupted one leaves nothing behind. Raises
    UnavailableError where the host or the file cannot be reached, WeightsError where what came is no checkpoint.
    """
    folder = cache / "weights" / hashlib.sha256(address.encode()).hexdigest()[:16]
    path = folder / (PurePosixPath(unquote(urlsplit(address).path)).name or "checkpoint")
    name = without_secrets(address)
    if _is_cached(path, name, observer):
        return path
    observer.stage(f"fetching {name}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _download(address, name, path, observer)
    except WeightsError:
        raise
    except WebError as error:
        raise UnavailableError(f"{name} {'is not there: ' if error.status else ''}{error}") from error
    except OSError as error:
        raise WeightsError(f"{name} cannot be kept in the cache: {error.strerror or error}") from error
    return path


def _is_cached(path: Path, name: str, observer: Observer) -> bool:
    """Whether `path` holds what was once downloaded; a file that was changed since is not used."""
    noted = _note_of(path)
    if not path.is_file() or not noted.is_file():
        return False
    if file_sha256(path, name) == noted.read_text().strip():
        return True
    observer.warning(f"the cached copy of {name} was changed since it was fetched: fetching it again")
    return False


def _download(address: str, name: str, path: Path, observer: Observer) -> None:
    with opened(address, place_of) as body:
        if body.is_html:
            raise WeightsError(f"{name} gave an HTML page, not a checkpoint: is the address right, is a login needed?")
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                sha256 = _copy(body, file, observer)
            refuse_what_no_checkpoint_begins_with(Path(temporary), name)
            _note(path, sha256)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


def _copy(body: Body, file: IO[bytes], observer: Observer) -> str:
    """Copy the body and return its SHA-256."""
    digest, received = hashlib.sha256(), 0
    for chunk in body.chunks():
        file.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        observer.progress(received, max(body.expected_bytes or 0, received), "bytes")
    return digest.hexdigest()


def _note_of(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _note(path: Path, sha256: str) -> None:
    """Write down the hash of a download beside it, atomically."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(handle, "w") as file:
        file.write(sha256 + "\n")
    Path(temporary).replace(_note_of(path))
