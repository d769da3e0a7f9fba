"""Files on the web: over connections that cannot be read or changed on the way, and every failure one phrase."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pwc_bench.core.errors import PwcBenchError

if TYPE_CHECKING:
    from httpx2 import Response

SILENCE_SECONDS = 30.0
"""How long a server may say nothing."""
_HTML = ("text/html", "application/xhtml+xml")


class WebError(PwcBenchError):
    """What kept a file from being fetched: a phrase behind its name, "cannot be reached: ..."."""

    def __init__(self, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.status = status
        """What the server answered, None if it did not get so far."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a server sends."""

    response: "Response"
    expected_bytes: int | None
    """What the server says that it will send, None if it does not."""
    is_html: bool
    """Whether it says that it is a page for people."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes as they come, unchanged. Raises WebError if they stop before their end."""
        received = 0
        for chunk in self.response.iter_raw():
            received += len(chunk)
            yield chunk
        if self.expected_bytes is not None and received != self.expected_bytes:
            raise WebError(f"broke off after {received:,} of {self.expected_bytes:,} bytes: try again")


@contextmanager
def opened(address: str, refuse: Callable[[str], object], silence_seconds: float = SILENCE_SECONDS) -> Iterator[Body]:
    """Ask for what lies at `address` and wherever that leads; `refuse` raises for an address that is not to be asked.

    The system's certificates and proxies are used; this machine itself needs no proxy. Raises WebError.
    """
    import httpx2

    with _told(), httpx2.Client(
        follow_redirects=True,
        timeout=silence_seconds,
        trust_env=not address.startswith("http:"),
        headers={"User-Agent": "pwc-bench", "Accept-Encoding": "identity"},
        event_hooks={"request": [lambda request: refuse(str(request.url))]},
    ) as client:  # fmt: skip
        refuse(address)
        with client.stream("GET", address) as response:
            if not response.is_success:
                status = response.status_code
                raise WebError(f"the server answered {status} {response.reason_phrase}".rstrip(), status)
            stated = response.headers.get("Content-Length", "")
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            yield Body(response, int(stated) if stated.isdecimal() else None, kind in _HTML)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the library raises into a phrase."""
    import httpx2

    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol) as error:
        raise WebError(f"cannot be reached: {_reason(error)}") from None
    except httpx2.RemoteProtocolError as error:
        raise WebError(f"stopped answering, or broke off after a part: {_reason(error)}") from None
    except httpx2.TransportError as error:
        raise WebError(f"stopped answering: {_reason(error)}") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, UnicodeError) as error:
        raise WebError(f"cannot be fetched: {_reason(error)}") from None


def _reason(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted here ({cause.verify_message})"
        cause = cause.__cause__ or cause.__context__
    return " ".join(str(error).split()) or type(error).__name__
