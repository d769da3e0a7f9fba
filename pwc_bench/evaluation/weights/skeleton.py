"""Models that a checkpoint will fill: built without drawing random weights that nobody will see.

The random initialisation of a ViT takes longer than reading its weights. Here the parameters lie on torch's meta device
while the model is built, where filling them costs nothing, and get memory afterwards. Everything else (buffers, plain
tensors, numbers) is computed as ever; a model that derives any of it from its parameters is built in the ordinary way.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor, nn

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
