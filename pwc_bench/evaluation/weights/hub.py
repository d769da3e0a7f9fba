"""Fetching a checkpoint from the Hugging Face hub, into that library's own cache."""

import inspect
import re
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import huggingface_hub
from huggingface_hub import constants, errors
from huggingface_hub.utils.tqdm import tqdm

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.observer import Observer
from pwc_bench.evaluation.weights.locate import INDEX_SUFFIX, shard_names
from pwc_bench.evaluation.weights.place import HUB_PREFIX, UnavailableError, check_pin, file_sha256

_FILES = (
    "model.safetensors",
    "pytorch_model.bin",
    f"model.safetensors{INDEX_SUFFIX}",
    f"pytorch_model.bin{INDEX_SUFFIX}",
)
_PATIENCE_SECONDS = 10.0
_SYNTAX = re.compile(r"(?P<repo>[^/@]+/[^/@]+)(?:@(?P<revision>[^/]+))?(?:/(?P<file>.+))?")


def fetch_from_hub(uri: str, observer: Observer) -> Path:
    """Return the file of "hub:OWNER/NAME[@REVISION][/FILE]"; without FILE, model.safetensors or pytorch_model.bin.

    Raises UnavailableError where the hub or the repository cannot be reached, WeightsError where the uri is malformed,
    the repository holds no such file, or the cached file is not the one that the hub's own hash names.
    """
    parts = _SYNTAX.fullmatch(uri.removeprefix(HUB_PREFIX))
    if parts is None:
        raise WeightsError(f"{uri} is not of the form hub:OWNER/NAME, hub:OWNER/NAME@REVISION or hub:OWNER/NAME/FILE")
    files = (parts["file"],) if parts["file"] else _FILES
    observer.stage(f"fetching {uri}")
    is_reachable = not constants.HF_HUB_OFFLINE and _is_reachable(constants.ENDPOINT)
    for file in files:
        path = _fetch_file(uri, parts["repo"], parts["revision"], file, observer, only_cached=not is_reachable)
        if path is not None:
            _check_blob(uri, path)
            if file.endswith(INDEX_SUFFIX):
                _fetch_shards(uri, parts["repo"], parts["revision"], file, path, observer, only_cached=not is_reachable)
            return path
    if not is_reachable:
        raise UnavailableError(f"{uri}: the hub cannot be reached, and no copy lies in its cache")
    raise WeightsError(f"{uri} holds no {' and no '.join(files[:2])}: name the file, as in {uri}/FILE")


def _fetch_shards(
    uri: str, repo: str, revision: str | None, index: str, path: Path, observer: Observer, *, only_cached: bool
) -> None:
    """Fetch the files that an index names; the hub's cache lays them beside it."""
    folder = index.rpartition("/")[0]
    for name in shard_names(path, uri):
        file = f"{folder}/{name}" if folder else name
        shard = _fetch_file(uri, repo, revision, file, observer, only_cached=only_cached)
        if shard is None:
            raise UnavailableError(f"{uri} lacks {file}, which its index names")
        _check_blob(uri, shard)


def _is_reachable(endpoint: str) -> bool:
    """Whether the hub's host takes a connection: its own client would try for half a minute, once a file."""
    parts = urlsplit(endpoint)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme in getproxies() and not proxy_bypass(host):
        return True  # the proxy knows
    try:
        socket.create_connection((host, port), timeout=_PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True


def _fetch_file(
    uri: str, repo: str, revision: str | None, file: str, observer: Observer, *, only_cached: bool
) -> Path | None:
    """Return the local copy, None where the repository (or, `only_cached`, the cache) does not hold this file."""
    try:
        path = huggingface_hub.hf_hub_download(
            repo,
            file,
            revision=revision,
            local_files_only=only_cached,
            **_progress_arguments(observer),
        )
    except errors.LocalEntryNotFoundError as error:  # before EntryNotFoundError, of which it is one
        if only_cached:
            return None
        reason = _first_line(error.__cause__ or error)
        raise UnavailableError(f"{uri} cannot be fetched, and no copy lies in the hub's cache: {reason}") from error
    except errors.EntryNotFoundError:
        return None
    except errors.RevisionNotFoundError as error:
        raise WeightsError(f"{uri} has no revision {revision!r}") from error
    except errors.GatedRepoError as error:
        raise UnavailableError(f"{uri} is gated: ask for access on its page and log in with `hf auth login`") from error
    except errors.RepositoryNotFoundError as error:
        raise UnavailableError(f"{uri} does not exist on the hub, or is private") from error
    except errors.HFValidationError as error:
        raise WeightsError(f"{uri} is not a name that the hub can hold") from error
    except Exception as error:  # the hub's client lets its HTTP library's own exceptions through
        raise UnavailableError(f"{uri} cannot be fetched: {_first_line(error)}") from error
    return Path(path)


def _progress_arguments(observer: Observer) -> dict[str, Any]:
    """Return the argument that sends progress to `observer`; older clients lack it and show bars of their own."""
    if "tqdm_class" not in inspect.signature(huggingface_hub.hf_hub_download).parameters:
        return {}

    class ObservedBar(tqdm):
        """Shows nothing itself, and starts no thread that would watch it."""

        monitor_interval = 0

        def __init__(self, *args: object, **settings: Any) -> None:  # noqa: ANN401  (the hub's)
            super().__init__(*args, **settings | {"disable": True})  # type: ignore[no-untyped-call]
            self.bytes_done = float(settings.get("initial") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            """Pass on how many bytes have come."""
            self.bytes_done += n or 0
            observer.progress(int(self.bytes_done), int(max(self.total or 0, self.bytes_done)), "bytes")
            return None

    return {"tqdm_class": ObservedBar}


def _check_blob(uri: str, path: Path) -> None:
    """Check that a large file is still the one after whose SHA-256 the hub's cache has named it."""
    noted = path.resolve().name
    if re.fullmatch(r"[0-9a-f]{64}", noted):
        check_pin(file_sha256(path, uri), noted, uri)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
