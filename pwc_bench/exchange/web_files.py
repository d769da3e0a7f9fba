"""Records on the web: fetched over https, within bounds of size and time, and told in one line where that fails."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from pwc_bench.core.errors import NotFoundError, SourceError
from pwc_bench.core.text_forms import is_secure, without_secrets
from pwc_bench.exchange.records import AbsentError, Shelf, beside, distinct, parse_records
from pwc_bench.web import SILENCE_SECONDS, Body, WebError, opened

_ABSENT = (404, 410)
"""How a server says that there is no such file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a server is trusted."""

    silence_seconds: float = SILENCE_SECONDS
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
    name, deadline = without_secrets(address), time.monotonic() + limits.total_seconds
    try:
        with opened(address, _refuse_insecure, limits.silence_seconds) as body:
            return _read(body, name, most_bytes, deadline)
    except WebError as error:
        kind = NotFoundError if error.status in _ABSENT else SourceError
        raise kind(f"{name} {'cannot be had: ' if error.status else ''}{error}") from None


def _read(body: Body, name: str, most_bytes: int, deadline: float) -> bytes:
    if body.is_html:
        raise SourceError(f"{name} gave an HTML page, not records: is it the raw file's address, is a login needed?")
    if body.expected_bytes is not None and body.expected_bytes > most_bytes:
        raise SourceError(f"{name} has {body.expected_bytes:,} bytes: more than the {most_bytes:,} that are fetched")
    parts, received = [], 0
    for chunk in body.chunks():
        parts.append(chunk)
        received += len(chunk)
        if received > most_bytes:
            raise SourceError(f"{name} sends more than the {most_bytes:,} bytes that are fetched")
        if time.monotonic() > deadline:
            raise SourceError(f"{name} is too slow: {received:,} bytes came in the time allowed")
    return b"".join(parts)


def _refuse_insecure(address: str) -> None:
    if not is_secure(address):
        raise SourceError(f"{without_secrets(address)} is not an https address: records are fetched over https only")
