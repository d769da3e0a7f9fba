"""Places where weights may lie: the hub, an https address, a file."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.record import WeightsStatus
from pwc_bench.core.text_forms import is_secure, without_secrets

HUB_PREFIX = "hub:"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one checkpoint lies."""

    uri: str
    """"hub:OWNER/NAME[@REVISION][/FILE]", an address, or a file's path."""
    status: WeightsStatus
    """PUBLIC for the hub and addresses, LOCAL for a file of the user's own."""
    sha256: str | None = None
    """The pinned hash or its first digits."""

    @property
    def is_hub(self) -> bool:
        """Whether it lies on the hub."""
        return self.uri.startswith(HUB_PREFIX)

    @property
    def is_address(self) -> bool:
        """Whether it is fetched from a web server."""
        return "://" in self.uri

    @property
    def name(self) -> str:
        """Return what records and messages say: never a local folder, never a password or token."""
        if self.is_hub:
            return self.uri
        return without_secrets(self.uri) if self.is_address else Path(self.uri).name


def place_of(named: str) -> Place:
    """Return the place that a user named: "hub:ID", an address or a path.

    Raises WeightsError for an address that is neither https nor on this machine, or that holds a password.
    """
    if named.startswith(HUB_PREFIX):
        return Place(named, WeightsStatus.PUBLIC)
    if "://" not in named:
        return Place(named, WeightsStatus.LOCAL)
    if not is_secure(named):
        raise WeightsError(f"{without_secrets(named)} is not an https address: weights are fetched over https only")
    parts = urlsplit(named)
    if parts.username is not None:
        raise WeightsError(f"{without_secrets(named)}: a user in an address is not supported; fetch the file first")
    return Place(named, WeightsStatus.LOCAL if parts.hostname in _LOOPBACK else WeightsStatus.PUBLIC)
