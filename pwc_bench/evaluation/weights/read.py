"""Reading a checkpoint without running any code that it may hold."""

import argparse
import pickle
import re
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from pwc_bench.core.errors import WeightsError
from pwc_bench.evaluation.weights.sniff import Form, form_of

__all__ = ["NESTED_UNDER", "read_state"]

NESTED_UNDER = ("model", "state_dict", "model_ema", "state_dict_ema")
"""Where training scripts put the state dict, the preferred key first: a moving average counts only where it is alone,
as the official scripts evaluate the model itself."""

_PREFIXES = ("module.", "_orig_mod.")
"""Left by data-parallel wrappers and by torch.compile."""


def read_state(path: Path, name: str) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint by name, on the CPU, mapped from the file where its form allows.

    Takes a state dict, bare or under one of `NESTED_UNDER`, in any form of `torch.save` or safetensors, and strips the
    prefixes of wrappers. Raises WeightsError (which calls the file `name`) where it is damaged, holds code or is
    something else.
    """
    form = form_of(path, name)
    held = _read_safetensors(path, name) if form is Form.SAFETENSORS else _read_torch(path, name, form)
    return _without_prefixes(_state_dict_in(held, name))


def _read_safetensors(path: Path, name: str) -> object:
    try:
        return load_file(path)
    except SafetensorError as error:
        raise WeightsError(f"{name} is damaged or truncated ({_first_line(error)}): fetch it again") from error


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
        raise WeightsError(f"{name} is damaged or truncated ({_first_line(error)}): fetch it again") from error


def _state_dict_in(held: object, name: str) -> dict[str, Tensor]:
    if not isinstance(held, Mapping):
        raise WeightsError(f"{name} holds a {type(held).__name__}, not a state dict")
    if _is_state(held):
        return dict(held)
    for key in NESTED_UNDER:
        nested = held.get(key)
        if isinstance(nested, Mapping) and _is_state(nested):
            return dict(nested)
    keys = ", ".join(str(key) for key in list(held)[:5]) or "nothing"
    raise WeightsError(f"{name} holds no state dict, bare or under {', '.join(NESTED_UNDER)}: it holds {keys}")


def _is_state(held: Mapping[object, object]) -> bool:
    return bool(held) and all(isinstance(key, str) and isinstance(value, Tensor) for key, value in held.items())


def _without_prefixes(state: dict[str, Tensor]) -> dict[str, Tensor]:
    for prefix in _PREFIXES * 2:
        if all(key.startswith(prefix) for key in state):
            state = {key.removeprefix(prefix): tensor for key, tensor in state.items()}
    return state


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:120]
