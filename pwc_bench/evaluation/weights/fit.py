"""Fitting a checkpoint to its model: every tensor finds its place, or the reason is said."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor, nn

from pwc_bench.core.errors import WeightsError
from pwc_bench.core.record import Weights
from pwc_bench.evaluation.weights.read import read_states
from pwc_bench.evaluation.weights.resolve import ResolvedWeights
from pwc_bench.evaluation.weights.unwrap import unwrapped

_TRAINED_IN = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
"""What weights are trained and saved in: the model's own precision is the same numbers, rounded."""


def fit_weights(model: nn.Module, resolved: ResolvedWeights, *, classes: int, dataset_title: str) -> Weights:
    """Copy the checkpoint into `model`, in the model's own precision; the file's tensors are dropped afterwards.

    Returns what a record says of the weights, with what was undone to fit them. `classes` and `dataset_title` are for
    the message about a head for another number of classes. Raises WeightsError where the file cannot be read, changed
    since it was resolved, lacks or has too many tensors, has other shapes or kinds, or holds values that are not
    finite.
    """
    name = resolved.weights.uri or resolved.path.name
    own = {key: value for key, value in model.state_dict().items() if isinstance(value, Tensor)}
    found = unwrapped(read_states(resolved.path, name), own, name)
    state, notes = found.tensors, dict.fromkeys(found.undone)
    _check_head(_head_keys(model), own, state, name, f"{dataset_title} has {classes:,}")
    _check_shapes(own, state, name)
    for key, tensor in state.items():
        state[key], note = _converted(tensor, own[key], f"{name}: {key}")
        notes |= {} if note is None else {note: None}
    _check_finite(own, state, name)
    resolved.check_unchanged()
    model.load_state_dict(own | state)
    return replace(resolved.weights, undone=tuple(notes))


def _converted(tensor: Tensor, own: Tensor, what: str) -> tuple[Tensor, str | None]:
    """Return a tensor of the model's kind, and what was done to it if that is worth saying.

    Raises WeightsError for a kind whose numbers are not the model's: scaled integers, 8-bit floats, complex numbers.
    """
    kind = str(tensor.dtype).removeprefix("torch.")
    if tensor.is_meta:
        raise WeightsError(f"{what} has no values (it lies on the meta device): save it with its values")
    if tensor.is_quantized:
        raise WeightsError(f"{what} is quantised ({kind}): dequantise it first")
    note = None
    if tensor.layout != torch.strided:
        tensor, note = tensor.to_dense(), f"{str(tensor.layout).removeprefix('torch.')} tensors made dense"
    if own.dtype == tensor.dtype:
        return tensor, note
    if own.is_floating_point():
        fits = tensor.dtype in _TRAINED_IN
        note = note or f"{kind} values converted to {str(own.dtype).removeprefix('torch.')}"
    elif own.dtype is torch.bool:
        fits = tensor.dtype is torch.uint8 and bool((tensor <= 1).all())
    else:
        fits = own.dim() == 0 or not (tensor.is_floating_point() or tensor.is_complex() or tensor.dtype is torch.bool)
    if not fits or tensor.is_complex():
        wanted = str(own.dtype).removeprefix("torch.")
        raise WeightsError(f"{what} is {kind}, where the model has {wanted}: convert it first, with its scales if any")
    return tensor, note


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


_Model = TypeVar("_Model", bound=nn.Module)


def build_unfilled(build: Callable[[], _Model]) -> _Model:
    """Return the model that `build` makes, with zeros for parameters where that is possible.

    Whoever calls this must fill every parameter.
    """
    try:
        with _parameters_on_meta():
            model = build()
    except (RuntimeError, NotImplementedError):  # it looks at its own weights, of which there are none yet
        return build()
    if any(_is_meta(tensor) for module in model.modules() for tensor in _other_tensors(module)):
        return build()
    _give_memory(model)
    return model


@contextmanager
def _parameters_on_meta() -> Iterator[None]:
    """Send each parameter that a module registers to the meta device, while this lasts."""
    register = nn.Module.register_parameter

    def register_on_meta(self: nn.Module, name: str, param: nn.Parameter | None) -> None:
        if type(param) is nn.Parameter and not _is_meta(param):
            param = nn.Parameter(param.to("meta"), requires_grad=param.requires_grad)
        register(self, name, param)

    nn.Module.register_parameter = register_on_meta  # type: ignore[method-assign]
    try:
        yield
    finally:
        nn.Module.register_parameter = register  # type: ignore[method-assign]


def _give_memory(model: nn.Module) -> None:
    """Replace meta parameters by zeros; those that several modules share stay shared."""
    filled: dict[int, nn.Parameter] = {}
    for module in model.modules():
        for name, parameter in module._parameters.items():  # noqa: SLF001  (torch offers no other way to replace one)
            if parameter is not None and _is_meta(parameter):
                if id(parameter) not in filled:
                    zeros = torch.zeros_like(parameter, device="cpu")
                    filled[id(parameter)] = nn.Parameter(zeros, requires_grad=parameter.requires_grad)
                module._parameters[name] = filled[id(parameter)]  # noqa: SLF001


def _other_tensors(module: nn.Module) -> Iterator[Tensor]:
    """Yield a module's buffers and the tensors among its attributes, in plain containers too."""
    yield from (buffer for buffer in module.buffers(recurse=False))
    for name, value in vars(module).items():
        if name not in ("_parameters", "_buffers", "_modules"):
            yield from _tensors_in(value)


def _tensors_in(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _tensors_in(each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _tensors_in(each)


def _is_meta(tensor: Tensor) -> bool:
    return tensor.device.type == "meta"
