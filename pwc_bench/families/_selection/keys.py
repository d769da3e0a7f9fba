"""Names of declared variants: keys, families and the two groups of the paper."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import Any, NoReturn

from pwc_bench.core.errors import EvaluationError, UsageError
from pwc_bench.core.variant import CROP_MODES, IMAGENET_MEAN, IMAGENET_STD, Recipe, Variant

GROUPS: Mapping[str, tuple[str, ...]] = {"all": ("convit",), "paper": ("convit", "deit")}
"""The families behind each group: `paper` is the whole of the ConViT paper's Table 1."""


def select_declared(name: str, declared: Mapping[str, Variant]) -> tuple[Variant, ...]:
    """Return the variants of a group, of a family, or the one with this key. Raises UsageError for any other name."""
    if name in declared:
        return (declared[name],)
    families = GROUPS.get(name, (name,))
    found = tuple(variant for family in families for variant in declared.values() if variant.family == family)
    if not found:
        by_title = {variant.title.casefold(): variant.key for variant in declared.values()}
        known = [*declared, *GROUPS, *dict.fromkeys(variant.family for variant in declared.values())]
        hint = f"; did you mean {by_title[name.casefold()]}?" if name.casefold() in by_title else ""
        raise UsageError(
            f"no variant is called {name!r}{hint or did_you_mean(name, known)} (`pwc-bench list variants` names all)"
        )
    return found


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean a, b or c?" with the nearest known names, or nothing where none is near."""
    near = get_close_matches(name.casefold(), list(known), n=3, cutoff=0.6)
    if not near:
        return ""
    return "; did you mean " + " or ".join(filter(None, (", ".join(near[:-1]), near[-1]))) + "?"


_FILTERS = ("bicubic", "bilinear", "lanczos", "nearest", "box", "hamming")
_COLOURS = 3


def stated_recipe(name: str, stated: object, configuration: str) -> Recipe:
    """Return the recipe of a `pretrained_cfg`: a mapping or timm's PretrainedCfg; what it leaves out is timm's default.

    `configuration` "test" takes `test_input_size` and `test_crop_pct` if they are stated, as timm's validate.py does;
    "train" takes those of the training. Raises EvaluationError, naming the model by `name`, for whatever would give
    other pixels than timm's own transform.
    """
    config = _resolved(name, stated, configuration)
    side_px = _side_px(name, config["input_size"])
    if config["crop_mode"] not in CROP_MODES:
        raise EvaluationError(f"{name} crops in mode {config['crop_mode']!r}: offered are {', '.join(CROP_MODES)}")
    if config["interpolation"] not in _FILTERS:
        raise EvaluationError(f"{name} resizes by {config['interpolation']!r}: offered are {', '.join(_FILTERS)}")
    fraction = config["crop_pct"]
    if not _is_number(fraction) or fraction <= 0:
        raise EvaluationError(f"{name} states a crop_pct of {fraction!r}: it must be a number above 0")
    recipe = replace(
        Recipe.for_crop_fraction(side_px, fraction),
        interpolation=config["interpolation"],
        crop_mode=config["crop_mode"],
        mean=_colours(name, "mean", config["mean"]),
        std=_colours(name, "std", config["std"]),
        configuration=configuration,
    )
    if min(recipe.std) <= 0:
        raise EvaluationError(f"{name} states a std of {recipe.std}: each must be above 0")
    return replace(recipe, key=_key(recipe))


def with_stated_recipe(variant: Variant, stated: object, configuration: str) -> Variant:
    """Return `variant` with its stated recipe; if that is not offered, one that fails by name when it is built."""
    try:
        return replace(variant, recipe=stated_recipe(variant.key, stated, configuration))
    except EvaluationError as error:
        return replace(variant, build=partial(_refuse, str(error)), refusal=str(error))


def _refuse(reason: str, _num_classes: int) -> NoReturn:
    raise EvaluationError(reason)


def _resolved(name: str, stated: object, configuration: str) -> dict[str, Any]:
    from timm.data import resolve_data_config

    if not isinstance(stated, Mapping) and not hasattr(stated, "to_dict"):
        raise EvaluationError(f"{name} has a pretrained_cfg of the type {type(stated).__name__}: a mapping is needed")
    given = stated if isinstance(stated, Mapping) else stated.to_dict()
    try:  # img_size None asks for nothing: timm refuses to be asked for nothing and told nothing
        config: dict[str, Any] = resolve_data_config(
            {"img_size": None}, dict(given), use_test_size=configuration == "test"
        )
    except (TypeError, ValueError, RuntimeError) as error:  # arrays, for which nobody can say whether they are stated
        raise EvaluationError(f"{name} has a pretrained_cfg that timm cannot read: {_one_line(error)}") from error
    return config


def _side_px(name: str, size: object) -> int:
    """Return the side of a square RGB input, which timm states as (3, side, side)."""
    if not isinstance(size, tuple | list) or len(size) != 3 or not all(_is_size(part) for part in size):
        raise EvaluationError(f"{name} states an input size of {size!r}: it must be (3, side, side)")
    channels, height_px, width_px = size
    if channels != _COLOURS or height_px != width_px:
        raise EvaluationError(
            f"{name} takes inputs of {channels} x {height_px} x {width_px}: only square RGB inputs are offered"
        )
    return int(height_px)


def _colours(name: str, field: str, stated: object) -> tuple[float, float, float]:
    if not isinstance(stated, tuple | list) or len(stated) != _COLOURS or not all(map(_is_number, stated)):
        raise EvaluationError(f"{name} states a {field} of {stated!r}: it must be three numbers, of R, G and B")
    red, green, blue = map(float, stated)
    return red, green, blue


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _key(recipe: Recipe) -> str:
    """Say in the key whatever differs from the usual, so that two recipes never share one."""
    key = recipe.key
    if recipe.crop_mode != "center":
        key += f"-{recipe.crop_mode}"
    if recipe.interpolation != "bicubic":
        key += f"-{recipe.interpolation}"
    if (recipe.mean, recipe.std) != (IMAGENET_MEAN, IMAGENET_STD):
        key += "-norm-" + "-".join(f"{value:g}" for value in (*recipe.mean, *recipe.std))
    return key
