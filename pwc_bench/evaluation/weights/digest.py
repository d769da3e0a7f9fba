"""Hashes of files, and pins."""

import hashlib
from pathlib import Path

import torch
from torch import nn

from pwc_bench.core.errors import WeightsError


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
