"""`timm:NAME`: any classifier that timm knows, with the recipe and the public weights that timm states for it."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pwc_bench.core.errors import EvaluationError, UsageError
from pwc_bench.core.recipe import IMAGENET_MEAN, IMAGENET_STD, Recipe
from pwc_bench.core.variant import Checkpoint, Variant
from pwc_bench.families._selection.keys import did_you_mean

if TYPE_CHECKING:
    from timm.models import PretrainedCfg
    from torch import nn

__all__ = ["TIMM_PREFIX", "variant_from_timm"]

TIMM_PREFIX = "timm:"
_FILTERS = ("bicubic", "bilinear", "lanczos", "nearest", "box", "hamming")
_IMAGENET_CLASSES = 1000


def variant_from_timm(key: str) -> Variant:
    """Return the variant of `key` ("timm:resnet18", "timm:resnet50.a1_in1k").

    Raises UsageError for a name that timm does not know, and for a recipe that is not a square centre crop.
    """
    name = key.removeprefix(TIMM_PREFIX)
    stated = _pretrained_cfg(name)
    checkpoints, note = _public_weights(name, stated)
    return Variant(
        key=key,
        title=name,
        family="timm",
        build=partial(_build, name),
        recipe=_recipe(key, stated),
        checkpoints=checkpoints,
        weights_note=note,
        timm_name=name,
    )


def _build(name: str, num_classes: int) -> "nn.Module":
    import timm

    try:
        model: nn.Module = timm.create_model(name, pretrained=False, num_classes=num_classes)
    except (RuntimeError, TypeError, ValueError, AssertionError) as error:
        raise EvaluationError(f"timm cannot build {name} with {num_classes} classes: {_one_line(error)}") from error
    return model.eval()


def _pretrained_cfg(name: str) -> "PretrainedCfg | None":
    """Return what timm states of `name`, None where it states nothing."""
    import timm

    if ":" in name or not timm.is_model(name):
        near = did_you_mean(name, timm.list_models())
        raise UsageError(f"timm knows no model {name!r}{near} (`timm.list_models()` names all)")
    architecture, _, tag = name.partition(".")
    tags = [full for full in timm.models.get_arch_pretrained_cfgs(architecture) if full != architecture]
    if tag and name not in tags:
        known = ", ".join(tags) if tags else "it has none"
        raise UsageError(f"timm knows {architecture!r}, but not its tag {tag!r}: known are {known}")
    return timm.get_pretrained_cfg(name)


def _recipe(key: str, stated: "PretrainedCfg | None") -> Recipe:
    from timm.data import resolve_data_config

    config = resolve_data_config(pretrained_cfg=stated.to_dict() if stated is not None else {"num_classes": 1000})
    channels, height, width = config["input_size"]
    if channels != 3 or height != width:
        raise UsageError(f"{key} takes inputs of {channels} x {height} x {width}: only square RGB inputs are offered")
    if config["crop_mode"] != "center":
        raise UsageError(f"{key} crops in mode {config['crop_mode']!r}: only the centre crop is offered")
    if config["interpolation"] not in _FILTERS:
        raise UsageError(f"{key} resizes by {config['interpolation']!r}: offered are {', '.join(_FILTERS)}")
    recipe = replace(
        Recipe.for_crop_fraction(height, config["crop_pct"]),
        interpolation=config["interpolation"],
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
    )
    return replace(recipe, key=_recipe_key(recipe))


def _recipe_key(recipe: Recipe) -> str:
    """Say in the key whatever differs from the usual, so that two recipes never share one."""
    key = recipe.key
    if recipe.interpolation != "bicubic":
        key += f"-{recipe.interpolation}"
    if (recipe.mean, recipe.std) != (IMAGENET_MEAN, IMAGENET_STD):
        key += "-norm-" + "-".join(f"{value:g}" for value in (*recipe.mean, *recipe.std))
    return key


def _public_weights(name: str, stated: "PretrainedCfg | None") -> tuple[tuple[Checkpoint, ...], str | None]:
    """Return the places of public ImageNet-1k weights, or the reason why there are none."""
    if stated is None or not stated.has_weights:
        return (), f"timm knows no public weights of {name}."
    classes = stated.num_classes + (stated.label_offset or 0)
    if classes != _IMAGENET_CLASSES:
        return (), f"The public weights of {name} have a head for {classes:,} classes, not for ImageNet-1k's 1,000."
    licence = stated.license or "unknown"
    places = []
    if stated.hf_hub_id:
        suffix = f"/{stated.hf_hub_filename}" if stated.hf_hub_filename else ""
        places.append(Checkpoint(f"hub:{stated.hf_hub_id}{suffix}", licence))
    # An .npz needs code of the model's own to be translated; timm's hub copy of it does not.
    if isinstance(stated.url, str) and stated.url.startswith("https://") and not stated.url.endswith((".npz", ".npy")):
        places.append(Checkpoint(stated.url, licence))
    if not places:
        return (), f"The public weights of {name} are in a form that only timm itself can read."
    return tuple(places), None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
