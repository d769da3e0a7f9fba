"""`module:factory`: a model of one's own, importable from the installed packages or the working directory."""

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pwc_bench.core.errors import EvaluationError, PwcBenchError, UsageError
from pwc_bench.core.recipe import Recipe
from pwc_bench.core.variant import ModelBuilder, Variant
from pwc_bench.families._selection.keys import did_you_mean
from pwc_bench.families._selection.stated_recipe import with_stated_recipe

if TYPE_CHECKING:
    from torch import nn

__all__ = ["variant_from_factory"]

_STATEMENTS = ("pretrained_cfg", "default_cfg")
"""The attributes of a module in which timm keeps what it states of the weights; the second is the older name."""


def variant_from_factory(key: str, configuration: str) -> Variant:
    """Return the variant of `key` ("my_models:tiny"; dots after the colon walk into attributes).

    The name may mean a Variant, or a callable that (a) takes `num_classes`, or one positional argument, and returns a
    torch module, or (b) takes nothing and returns a Variant or a module with 1,000 classes. The recipe is what the
    module's `pretrained_cfg` (or `default_cfg`) states in its test or train `configuration`, as timm's do, for which it
    is built once; without one it is 256/224. What the function returns is evaluated with the weights that it has,
    unless --weights names others. Raises UsageError where the name is none of these.
    """
    made = _imported(key)
    if isinstance(made, Variant):
        return made
    if not callable(made):
        raise UsageError(f"{key} is a {type(made).__name__}: it must be a Variant or a function that makes a model")
    call = _call_with_classes(made)
    if call is not None:
        first = _asked(key, call)
    else:
        first = _called(key, made)
        if isinstance(first, Variant):
            return first
        _require_module(key, first)
        call = partial(_call_without_classes, key, made)
    variant = Variant(
        key=key,
        title=key,
        family="own",
        build=partial(_build, key, call),
        recipe=Recipe.for_crop_fraction(224, 0.875),
        brings_weights=True,
    )
    statements = (getattr(first, name, None) for name in _STATEMENTS)
    stated = next((found for found in statements if found is not None), None)
    return variant if stated is None else with_stated_recipe(variant, stated, configuration)


def _asked(key: str, call: ModelBuilder) -> object:
    """Return a model to be asked for its recipe; None if it cannot be built, which its evaluation will report."""
    try:
        return _called(key, call, 1000)
    except PwcBenchError:
        return None


def _imported(key: str) -> object:
    module_name, _, path = key.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), *path.split("."))):
        raise UsageError(f"{key!r} is not of the form module:factory or timm:NAME")
    with _working_directory_importable():
        try:
            found: object = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name is None or not (module_name + ".").startswith(error.name + "."):
                raise UsageError(f"{module_name} needs the module {error.name!r}, which is not installed") from error
            raise UsageError(f"no module is called {module_name!r}, installed or in {Path.cwd().name}/") from error
        except Exception as error:
            raise UsageError(f"{module_name} cannot be imported: {_described(error)}") from error
    for part in path.split("."):
        if not hasattr(found, part):
            raise UsageError(f"{module_name} has no {path!r}{did_you_mean(part, _public_names(found))}")
        found = getattr(found, part)
    return found


def _call_with_classes(factory: Callable[..., object]) -> ModelBuilder | None:
    """Return how to call `factory` with a number of classes, None where it takes none."""
    try:
        parameters = inspect.signature(factory).parameters
    except ValueError:  # some built-in callables do not tell
        return factory
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()) or "num_classes" in parameters:
        return partial(_call_by_keyword, factory)
    required = [p for p in parameters.values() if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    return factory if required else None


def _call_by_keyword(factory: Callable[..., object], num_classes: int) -> object:
    return factory(num_classes=num_classes)


def _call_without_classes(key: str, factory: Callable[..., object], num_classes: int) -> object:
    model = factory()
    if num_classes != 1000:
        if not hasattr(model, "reset_classifier"):
            raise EvaluationError(f"{key} takes no num_classes, so it cannot be built for {num_classes} classes")
        model.reset_classifier(num_classes)
    return model


def _build(key: str, call: ModelBuilder, num_classes: int) -> "nn.Module":
    try:
        return _require_module(key, _called(key, call, num_classes)).eval()
    except UsageError as error:
        raise EvaluationError(str(error)) from error


def _called(key: str, factory: Callable[..., object], *arguments: int) -> object:
    with _working_directory_importable():
        try:
            return factory(*arguments)
        except EvaluationError:
            raise
        except Exception as error:
            raise UsageError(f"{key} failed: {_described(error)}") from error


def _require_module(key: str, made: object) -> "nn.Module":
    from torch import nn

    if not isinstance(made, nn.Module):
        raise UsageError(f"{key} returned a {type(made).__name__}: it must return a torch.nn.Module or a Variant")
    return made


@contextmanager
def _working_directory_importable() -> Iterator[None]:
    """Put the working directory first on the import path for a while, as `python -m` does for good."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    finally:
        if here in sys.path:
            sys.path.remove(here)


def _public_names(found: object) -> list[str]:
    return [name for name in dir(found) if not name.startswith("_")]


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
