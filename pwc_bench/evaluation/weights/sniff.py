"""Telling by its first bytes what a file is, whatever its name says."""

import zipfile
from enum import Enum
from pathlib import Path

from pwc_bench.core.errors import WeightsError, library_errors_as

_HTML = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<body")
_OTHERS = {
    b"version https://git-lfs": "is a Git LFS pointer, not the checkpoint itself: run `git lfs pull`",
    b"\x1f\x8b": "is compressed by gzip: unpack it first",
    b"BZh": "is compressed by bzip2: unpack it first",
    b"\xfd7zXZ": "is compressed by xz: unpack it first",
    b"\x89HDF": "is an HDF5 file (Keras): convert it to a PyTorch state dict or safetensors first",
    b"\x93NUMPY": "is a NumPy array: convert it to a PyTorch state dict or safetensors first",
}
_MAX_HEADER_BYTES = 100_000_000


class Form(Enum):
    """How a checkpoint is stored."""

    TORCH_ZIP = "torch.save since PyTorch 1.6"
    TORCH_PICKLE = "torch.save before PyTorch 1.6"
    SAFETENSORS = "safetensors"


def form_of(path: Path, name: str) -> Form:
    """Return how the checkpoint at `path` is stored. Raises WeightsError for a file that is none; `name` is for it."""
    start = refuse_what_no_checkpoint_begins_with(path, name)
    if _is_safetensors(start):
        return Form.SAFETENSORS
    if start.startswith(b"PK"):
        _check_archive(path, name)
        return Form.TORCH_ZIP
    if start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return Form.TORCH_PICKLE
    raise WeightsError(f"{name} is neither a PyTorch checkpoint nor safetensors")


def refuse_what_no_checkpoint_begins_with(path: Path, name: str) -> bytes:
    """Return the first bytes. Raises WeightsError for an empty file, an HTML page and other well-known mistakes."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise WeightsError(f"{name} cannot be read: {error.strerror or error}") from error
    if not start:
        raise WeightsError(f"{name} is empty: fetch it again")
    if _is_safetensors(start):  # first, as the length that it begins with may look like anything
        return start
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML):
        raise WeightsError(
            f"{name} is an HTML page, not a checkpoint: it was saved from a web page, fetch the file itself"
        )
    for magic, what in _OTHERS.items():
        if start.startswith(magic):
            raise WeightsError(f"{name} {what}")
    if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in start):
        raise WeightsError(f"{name} is a text file, not a checkpoint: it begins {start[:40].decode()!r}")
    return start


def _is_safetensors(start: bytes) -> bool:
    """Whether a file begins with the length of a header (8 bytes, little-endian) and the header's brace."""
    return start[8:9] == b"{" and int.from_bytes(start[:8], "little") < _MAX_HEADER_BYTES


def _check_archive(path: Path, name: str) -> None:
    """Refuse a zip archive that was cut off, or that holds something else than one saved object."""
    if not zipfile.is_zipfile(path):
        raise WeightsError(f"{name} is truncated: its end is missing, fetch it again")
    with library_errors_as(WeightsError, f"{name} is damaged", "fetch it again"), zipfile.ZipFile(path) as archive:
        members = archive.namelist()
    if any(member.endswith("/constants.pkl") for member in members):
        raise WeightsError(f"{name} is a TorchScript archive: save the model's state_dict() instead")
    if not any(member.endswith("data.pkl") for member in members):
        what = "a NumPy archive" if any(member.endswith(".npy") for member in members) else "a zip archive"
        raise WeightsError(f"{name} is {what}, not a PyTorch checkpoint")
