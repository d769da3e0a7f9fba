"""`module:factory`: a model of one's own, importable from the installed packages or the working directory."""

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pwc_bench.core.errors import EvaluationError, UsageError
from pwc_bench.core.variant import ModelBuilder, Recipe, Variant
from pwc_bench.families._selection.keys import did_you_mean, with_stated_recipe
from pwc_bench.isolation import ContainedError, contained

if TYPE_CHECKING:
    from torch import nn

_STATEMENTS = ("pretrained_cfg", "default_cfg")
"""The attributes of a module in which timm keeps what it states of the weights; the second is the older name."""


def own_variants(key: str, configuration: str, seconds: float | None = None) -> tuple[Variant, ...]:
    """Return what `key` names ("my_models:tiny"; dots after the colon walk into attributes).

    The name may mean a Variant or several ("my_models:VARIANTS", a tuple or list of them), or a callable that (a)
    takes `num_classes`, or one positional argument, and returns a torch module, or (b) takes nothing and returns a
    Variant or a module with 1,000 classes. The recipe is what the module's `pretrained_cfg` (or `default_cfg`)
    states in its test or train `configuration`, as timm's do, for which it is built once; without one it is
    256/224. What the function returns is evaluated with the weights that it has, unless --weights names others.
    Raises UsageError where the name is none of these. A module that fails when it is imported, or takes more than
    `seconds`, gives a variant whose `build` says so: the others shall run.
    """
    import torch  # noqa: F401  (so that what the module does to torch's defaults is seen, and undone)

    try:
        made, path = _imported(key, seconds)
    except EvaluationError as error:
        return (_failing(key, f"{key.partition(':')[0]} cannot be imported: {error}"),)
    if isinstance(made, Variant):
        return (made,)
    if isinstance(made, tuple | list) and made and all(isinstance(each, Variant) for each in made):
        return tuple(made)
    if not callable(made):
        raise UsageError(
            f"{key} is a {type(made).__name__}: it must be a Variant, several, or a function that makes a model"
        )
    call = _call_with_classes(made)
    first: object = None
    try:
        first = (
            _called(key, path, made, seconds=seconds)
            if call is None
            else _called(key, path, call, 1000, seconds=seconds)
        )
    except EvaluationError as error:
        return (_failing(key, str(error)),)
    if call is None:
        if isinstance(first, Variant):
            return (first,)
        _require_module(key, first)
        call = partial(_call_without_classes, key, made)
    variant = _own_variant(key, partial(_build, key, path, call))
    statements = (getattr(first, name, None) for name in _STATEMENTS)
    stated = next((found for found in statements if found is not None), None)
    return (variant if stated is None else with_stated_recipe(variant, stated, configuration),)


def _failing(key: str, reason: str) -> Variant:
    """Return a variant that cannot be built: a plan says why, and its evaluation, while the others run."""
    return _own_variant(key, partial(_fail, reason), refusal=reason)


def _own_variant(key: str, build: ModelBuilder, refusal: str | None = None) -> Variant:
    return Variant(
        key=key,
        title=key,
        family="own",
        build=build,
        recipe=Recipe.for_crop_fraction(224, 0.875),
        brings_weights=True,
        refusal=refusal,
    )


def _fail(reason: str, _classes: int) -> NoReturn:
    raise EvaluationError(reason)


def _imported(key: str, seconds: float | None) -> tuple[object, list[str]]:
    """Return what `key` names, and the import path as its module left it: imports at building time may need that.

    Raises EvaluationError if the module fails, UsageError if there is no such name.
    """
    module_name, _, path = key.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), *path.split("."))):
        raise UsageError(f"{key!r} is not of the form module:factory or timm:NAME")
    imported = contained(partial(_import, module_name), seconds)
    if imported is None:
        raise UsageError(f"no module is called {module_name!r}, installed or in {Path.cwd().name}/")
    found, import_path = imported
    for part in path.split("."):
        if not hasattr(found, part):
            raise UsageError(f"{module_name} has no {path!r}{did_you_mean(part, _public_names(found))}")
        found = getattr(found, part)
    return found, import_path


def _import(module_name: str) -> tuple[object, list[str]] | None:
    """Import a module, None if there is none of this name."""
    with _working_directory_importable():
        try:
            return importlib.import_module(module_name), list(sys.path)
        except ModuleNotFoundError as error:
            if error.name is not None and (module_name + ".").startswith(error.name + "."):
                return None
            raise EvaluationError(f"it needs the module {error.name!r}, which is not installed") from error


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


def _build(key: str, path: list[str], call: ModelBuilder, num_classes: int) -> "nn.Module":
    try:
        return _require_module(key, _called(key, path, call, num_classes)).eval()
    except UsageError as error:
        raise EvaluationError(str(error)) from error


def _called(
    key: str, path: list[str], factory: Callable[..., object], *arguments: int, seconds: float | None = None
) -> object:
    """Call a factory with the import path that its module left."""

    def call() -> object:
        sys.path[:] = path
        return factory(*arguments)

    try:
        return contained(call, seconds)
    except ContainedError as error:
        raise EvaluationError(f"{key} failed: {error}") from error.__cause__


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
