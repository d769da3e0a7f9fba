"""Reading a checkpoint without running any code that it may hold."""

import argparse
import pickle
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from pwc_bench.core.errors import WeightsError, in_one_line, library_errors_as
from pwc_bench.evaluation.weights.locate import INDEX_SUFFIX, checkpoint_files
from pwc_bench.evaluation.weights.unwrap import ALL_PARTS, is_average

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


NESTED_UNDER = ("model", "state_dict", "model_state_dict", "module", "model_ema", "state_dict_ema")
"""Where training scripts put the state dict, the preferred key first: a moving average counts only where it is alone,
as the official scripts evaluate the model itself."""

_DEEPEST = 5
_NOT_THE_MODEL = ("optim", "scheduler", "scaler")


def read_states(path: Path, name: str) -> dict[str, dict[str, Tensor]]:
    """Return each state dict of a checkpoint by its place in it ("" for a bare one), the preferred one first.

    Tensors are on the CPU, mapped from the file where its form allows. Takes any form of `torch.save` or safetensors,
    or the index of several such files. Raises WeightsError (which calls the file `name`) where it is damaged, holds
    code or is something else.
    """
    held: object
    if path.name.endswith(INDEX_SUFFIX):
        held = {}
        for shard in checkpoint_files(path, name)[1:]:
            part = _read(shard, shard.name)
            if not isinstance(part, dict):
                raise WeightsError(f"{shard.name} holds a {type(part).__name__}, not a state dict")
            held |= part
    else:
        held = _read(path, name)
    return _states_in(held, name)


def _read(path: Path, name: str) -> object:
    form = form_of(path, name)
    return _read_safetensors(path, name) if form is Form.SAFETENSORS else _read_torch(path, name, form)


def _read_safetensors(path: Path, name: str) -> object:
    with library_errors_as(WeightsError, f"{name} is damaged or truncated", "fetch it again"):
        return load_file(path)


def _read_torch(path: Path, name: str, form: Form) -> object:
    try:
        # The official training scripts keep their arguments beside the weights; a Namespace is a plain holder.
        with torch.serialization.safe_globals([argparse.Namespace]), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns of foreign pickles before it refuses them: one word is enough
            return torch.load(path, map_location="cpu", weights_only=True, mmap=form is Form.TORCH_ZIP)
    except pickle.UnpicklingError as error:
        refused = re.search(r"GLOBAL ([\w.]+)", str(error))
        if refused is None:
            raise WeightsError(f"{name} is damaged, or holds something else than tensors: fetch it again") from error
        raise WeightsError(
            f"{name} holds pickled code ({refused[1]}), which is not run: "
            "where you trust it, load it with weights_only=False and save its state_dict() alone"
        ) from error
    except Exception as error:  # on damaged bytes the unpickler stumbles in many ways
        raise WeightsError(f"{name} is damaged or truncated ({in_one_line(error)}); fetch it again") from error


def _states_in(held: object, name: str) -> dict[str, dict[str, Tensor]]:
    if not isinstance(held, Mapping):
        raise WeightsError(f"{name} holds a {type(held).__name__}, not a state dict")
    found = dict(_walk(held, ()))
    if not found:
        keys = ", ".join(str(key) for key in list(held)[:5]) or "nothing"
        raise WeightsError(f"{name} holds no state dict, bare or under {', '.join(NESTED_UNDER)}: it holds {keys}")
    states = {".".join(place): found[place] for place in sorted(found, key=_rank)}
    if len(found) > 1:  # parts of one model, each under its own name
        states[ALL_PARTS] = {".".join((*place, key)): t for place in found for key, t in found[place].items()}
    return states


def _walk(held: Mapping[object, object], place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Tensor]]]:
    """Yield the mappings that hold tensors by name."""
    tensors = {key: value for key, value in held.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if tensors:
        yield place, tensors
    for key, value in held.items():
        is_other = not isinstance(key, str) or key.lower().startswith(_NOT_THE_MODEL)
        if isinstance(key, str) and isinstance(value, Mapping) and not is_other and len(place) < _DEEPEST:
            yield from _walk(value, (*place, key))


def _rank(place: tuple[str, ...]) -> tuple[bool, list[int]]:
    known = [NESTED_UNDER.index(key) if key in NESTED_UNDER else len(NESTED_UNDER) for key in place]
    return any(is_average(key) for key in place), known
