"""Places where weights may lie: the hub, an https address, a file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import torch
from torch import nn

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


class UnavailableError(WeightsError):
    """A place that cannot be reached, or no longer holds the file. A wrong file is never this."""


def file_sha256(path: Path, name: str) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits. Raises WeightsError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"{name} cannot be read: {error.strerror or error}") from error


def state_sha256(model: nn.Module) -> str:
    """Return the SHA-256 of a model's tensors, names and shapes included, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    tensors = {key: value for key, value in model.state_dict().items() if isinstance(value, torch.Tensor)}
    for key, value in sorted(tensors.items()):
        tensor = value.detach().cpu().contiguous()
        digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def check_pin(sha256: str, pin: str | None, name: str) -> None:
    """Raise WeightsError where `sha256` does not begin with the digits of `pin`; no pin allows everything."""
    if pin is not None and not sha256.startswith(pin.lower()):
        shown = sha256[: max(len(pin), 12)]
        raise WeightsError(f"{name} is not the published file: its SHA-256 is {shown}…, expected {pin.lower()}…")
