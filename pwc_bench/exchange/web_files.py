"""Records on the web: fetched over https, within bounds of size and time, and told in one line where that fails."""

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import IO
from urllib.parse import urljoin, urlsplit

from pwc_bench.core.errors import NotFoundError, SourceError
from pwc_bench.core.text_forms import is_secure, without_secrets
from pwc_bench.exchange.records import AbsentError, Shelf, beside, distinct, parse_records

_ABSENT = (404, 410)
"""How a server says that there is no such file."""
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a server is trusted."""

    silence_seconds: float = 30.0
    """How long it may say nothing."""
    total_seconds: float = 300.0
    """How long one file may take."""
    records_bytes: int = 128 << 20
    predictions_bytes: int = 512 << 20


LIMITS = Limits()


def web_shelf(address: str, limits: Limits = LIMITS) -> Shelf:
    """Open a JSON Lines file on the web; predictions are fetched from beside it when they are needed.

    Raises SourceError where it cannot be fetched, RecordFormatError where it holds something else.
    """
    name = without_secrets(address)
    content = fetch(address, limits.records_bytes, limits)
    return Shelf(name, distinct(parse_records(content, name)), _reader(address, limits))


def _reader(address: str, limits: Limits) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        place = _joined(address, str(beside(path)))
        try:
            return fetch(place, limits.predictions_bytes, limits)
        except (NotFoundError, SourceError) as error:
            raise AbsentError(str(error)) from None

    return read


def _joined(address: str, place: str) -> str:
    try:
        return urljoin(address, place)
    except ValueError:
        raise SourceError(f"{without_secrets(address)} leads to what is no web address") from None


def fetch(address: str, most_bytes: int, limits: Limits = LIMITS) -> bytes:
    """Return what lies at an https address (or a plain one of this machine).

    Raises SourceError, one line, NotFoundError if the server says that it is not there.
    """
    name = without_secrets(address)
    _refuse_insecure(address)
    headers = {"User-Agent": "pwc-bench", "Accept-Encoding": "identity"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310  (only secure addresses come here)
    try:
        with _opener(address).open(request, timeout=limits.silence_seconds) as response:
            return _body(response, name, most_bytes, time.monotonic() + limits.total_seconds)
    except urllib.error.HTTPError as error:
        error.close()
        _refuse_insecure(_joined(address, error.headers.get("Location", "")))  # a redirect that Python itself refuses
        kind = NotFoundError if error.code in _ABSENT else SourceError
        raise kind(f"{name} cannot be had: the server answered {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise SourceError(f"{name} cannot be reached: {_reason(error.reason)}") from None
    except (TimeoutError, ConnectionError, http.client.HTTPException, ssl.SSLError) as error:
        raise SourceError(f"{name} stopped answering: {_reason(error)}") from None
    except (ValueError, OSError) as error:
        raise SourceError(f"{name} cannot be fetched: {_reason(error)}") from None


def _body(response: http.client.HTTPResponse, name: str, most_bytes: int, deadline: float) -> bytes:
    if response.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        raise SourceError(f"{name} gave an HTML page, not records: is it the raw file's address, is a login needed?")
    stated = response.headers.get("Content-Length", "")
    expected = int(stated) if stated.isdecimal() else None
    if expected is not None and expected > most_bytes:
        raise SourceError(f"{name} has {expected:,} bytes: more than the {most_bytes:,} that are fetched")
    parts, received = [], 0
    while chunk := response.read1(_CHUNK_BYTES):
        parts.append(chunk)
        received += len(chunk)
        if received > most_bytes:
            raise SourceError(f"{name} sends more than the {most_bytes:,} bytes that are fetched")
        if time.monotonic() > deadline:
            raise SourceError(f"{name} is too slow: {received:,} bytes came in the time allowed")
    if expected is not None and received != expected:
        raise SourceError(f"{name} broke off after {received:,} of {expected:,} bytes: try again")
    return b"".join(parts)


class _SecureRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never to a plain connection."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        try:
            _refuse_insecure(newurl)
        except SourceError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _refuse_insecure(address: str) -> None:
    if not is_secure(address):
        raise SourceError(f"{without_secrets(address)} is not an https address: records are fetched over https only")


def _opener(address: str) -> urllib.request.OpenerDirector:
    """Return an opener with the system's certificates and proxies; this machine itself needs no proxy."""
    handlers: list[urllib.request.BaseHandler] = [_SecureRedirects()]
    if urlsplit(address).scheme == "http":
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


def _reason(error: object) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted here ({error.verify_message})"
    return " ".join(str(error).split()) or type(error).__name__
