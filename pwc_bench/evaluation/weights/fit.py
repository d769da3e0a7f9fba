"""Fitting a checkpoint to its model: every tensor finds its place, or the reason is said."""

import torch
from torch import Tensor, nn

from pwc_bench.core.errors import WeightsError
from pwc_bench.evaluation.weights.read import read_state
from pwc_bench.evaluation.weights.resolve import ResolvedWeights

__all__ = ["fit_weights"]

_DERIVED = ("rel_indices",)
"""Buffers that follow from the architecture: ConViT's position indices, which some versions save and others do not."""

_UNUSED_IN_EVALUATION = ("num_batches_tracked",)
"""Buffers that only training reads; checkpoints from before PyTorch 0.4.1 lack them."""

_NAMED = 3


def fit_weights(model: nn.Module, resolved: ResolvedWeights, *, classes: int, dataset_title: str) -> None:
    """Copy the checkpoint into `model`, in the model's own precision; the file's tensors are dropped afterwards.

    `classes` and `dataset_title` are for the message about a head for another number of classes. Raises WeightsError
    where the file cannot be read, changed since it was resolved, lacks or has too many tensors, has other shapes, or
    holds values that are not finite.
    """
    name = resolved.weights.uri or resolved.path.name
    state = read_state(resolved.path, name)
    own = {key: value for key, value in model.state_dict().items() if isinstance(value, Tensor)}
    state = {key: value for key, value in state.items() if key in own or key.rpartition(".")[2] not in _DERIVED}
    _check_keys(own, state, name)
    _check_head(_head_keys(model), own, state, name, f"{dataset_title} has {classes:,}")
    _check_shapes(own, state, name)
    _check_finite(own, state, name)
    resolved.check_unchanged()
    model.load_state_dict(own | state)


def _check_keys(own: dict[str, Tensor], state: dict[str, Tensor], name: str) -> None:
    missing = [key for key in own if key not in state and key.rpartition(".")[2] not in _UNUSED_IN_EVALUATION]
    surplus = [key for key in state if key not in own]
    if missing and surplus:
        raise WeightsError(
            f"{name} is a checkpoint of another model: it lacks {_some(missing)} and has {_some(surplus)} too many"
        )
    if missing:
        raise WeightsError(f"{name} lacks {_some(missing)} of the model's {len(own):,} tensors")
    if surplus:
        raise WeightsError(f"{name} has {_some(surplus)} that the model does not have")


def _check_head(head: set[str], own: dict[str, Tensor], state: dict[str, Tensor], name: str, wanted: str) -> None:
    for key in sorted(head & state.keys()):
        have, want = state[key].shape, own[key].shape
        if have[:1] != want[:1] and have[1:] == want[1:]:
            raise WeightsError(f"{name}: the head is for {have[0]:,} classes, {wanted}")


def _check_shapes(own: dict[str, Tensor], state: dict[str, Tensor], name: str) -> None:
    wrong = [key for key in own if key in state and state[key].shape != own[key].shape]
    if wrong:
        first = wrong[0]
        have, want = (" x ".join(map(str, tensor.shape)) or "a scalar" for tensor in (state[first], own[first]))
        others = f" (and {len(wrong) - 1:,} more)" if len(wrong) > 1 else ""
        raise WeightsError(f"{name} is for another size of the model: {first} is {have}, the model has {want}{others}")


def _check_finite(own: dict[str, Tensor], state: dict[str, Tensor], name: str) -> None:
    """Refuse NaN and infinity, except where the new model itself has them, as in a mask."""
    for key, tensor in state.items():
        if not tensor.is_floating_point() or _is_finite(tensor) or not _is_finite(own[key]):
            continue
        what = "NaN" if torch.isnan(tensor).any() else "infinite values"
        raise WeightsError(f"{name} holds {what} in {key}: the training that wrote it had diverged, or it is damaged")


def _is_finite(tensor: Tensor) -> bool:
    """Tell whether all values are numbers. A sum that is one has no other among its parts, and is taken in one pass."""
    return bool(torch.isfinite(tensor.sum())) or bool(torch.isfinite(tensor).all())


def _head_keys(model: nn.Module) -> set[str]:
    """Return the names of the classifier's tensors: what `get_classifier` returns, else the last linear layer."""
    get_classifier = getattr(model, "get_classifier", None)
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    heads = get_classifier() if get_classifier is not None else linear[-1:]
    heads = heads if isinstance(heads, tuple | list) else (heads,)
    ours = {id(parameter) for head in heads if isinstance(head, nn.Module) for parameter in head.parameters()}
    return {name for name, parameter in model.named_parameters() if id(parameter) in ours}


def _some(keys: list[str]) -> str:
    """Name a few: "4 tensors (a, b, c, …)"."""
    named = ", ".join(keys[:_NAMED]) + (", …" if len(keys) > _NAMED else "")
    return f"{len(keys):,} tensor{'' if len(keys) == 1 else 's'} ({named})"
