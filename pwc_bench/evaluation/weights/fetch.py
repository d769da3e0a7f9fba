"""Fetching a checkpoint from a web server into the cache."""

import hashlib
import http.client
import os
import ssl
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import IO, Protocol
from urllib.parse import unquote, urljoin, urlsplit

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.observer import Observer
from pwc_bench.core.text_forms import without_secrets
from pwc_bench.evaluation.weights.place import UnavailableError, file_sha256, place_of
from pwc_bench.evaluation.weights.read import refuse_what_no_checkpoint_begins_with

_TIMEOUT_SECONDS = 30.0
_CHUNK_BYTES = 1 << 20


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
    except urllib.error.HTTPError as error:
        error.close()
        place_of(urljoin(address, error.headers.get("Location", "")))  # a redirect that Python itself refuses
        raise UnavailableError(f"{name} is not there: the server answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise UnavailableError(f"{name} cannot be reached: {_reason(error.reason)}") from error
    except (TimeoutError, ConnectionError, http.client.HTTPException, ssl.SSLError) as error:
        raise UnavailableError(f"{name} stopped answering: {_reason(error)}") from error
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
    headers = {"User-Agent": "pwc-bench", "Accept-Encoding": "identity"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 (`place_of` let only http and https through)
    with _opener(address).open(request, timeout=_TIMEOUT_SECONDS) as response:
        total = _content_length(response.headers)
        if response.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
            raise WeightsError(f"{name} gave an HTML page, not a checkpoint: is the address right, is a login needed?")
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                sha256, received = _copy(response, file, total or 0, observer)
            if total is not None and received != total:
                raise UnavailableError(f"{name} broke off after {received:,} of {total:,} bytes: try again")
            refuse_what_no_checkpoint_begins_with(Path(temporary), name)
            _note(path, sha256)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


class _Readable(Protocol):
    def read(self, amount: int, /) -> bytes: ...


def _copy(response: _Readable, file: IO[bytes], total: int, observer: Observer) -> tuple[str, int]:
    """Copy the body; return its SHA-256 and its length in bytes."""
    digest, received = hashlib.sha256(), 0
    while chunk := response.read(_CHUNK_BYTES):
        file.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        observer.progress(received, max(total, received), "bytes")
    return digest.hexdigest(), received


class _HttpsOnlyRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to a plain connection."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        try:
            place_of(newurl)
        except WeightsError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _opener(address: str) -> urllib.request.OpenerDirector:
    """Return an opener with the system's certificates and proxies; this machine itself needs no proxy."""
    handlers: list[urllib.request.BaseHandler] = [_HttpsOnlyRedirects()]
    if urlsplit(address).scheme == "http":
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


def _content_length(headers: Mapping[str, str]) -> int | None:
    stated = headers.get("Content-Length", "")
    return int(stated) if stated.isdecimal() else None


def _note_of(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _note(path: Path, sha256: str) -> None:
    """Write down the hash of a download beside it, atomically."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(handle, "w") as file:
        file.write(sha256 + "\n")
    Path(temporary).replace(_note_of(path))


def _reason(error: object) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted here ({error.verify_message})"
    return " ".join(str(error).split()) or type(error).__name__
