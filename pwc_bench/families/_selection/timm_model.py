"""`timm:NAME`: any classifier that timm knows, with the recipe and the public weights that timm states for it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pwc_bench.core.errors import EvaluationError, UsageError
from pwc_bench.core.variant import Checkpoint, Recipe, Variant
from pwc_bench.families._selection.keys import did_you_mean, with_stated_recipe

if TYPE_CHECKING:
    from timm.models import PretrainedCfg
    from torch import nn

TIMM_PREFIX = "timm:"
_IMAGENET_CLASSES = 1000


def variant_from_timm(key: str, configuration: str) -> Variant:
    """Return the variant of `key` ("timm:resnet18", "timm:resnet50.a1_in1k") in timm's test or train configuration.

    Raises UsageError for a name that timm does not know. A recipe that is not offered fails the variant by name.
    """
    name = key.removeprefix(TIMM_PREFIX)
    stated = _pretrained_cfg(name)
    checkpoints, note = _public_weights(name, stated)
    variant = Variant(
        key=key,
        title=name,
        family="timm",
        build=partial(_build, name, {}),
        recipe=Recipe.for_crop_fraction(224, 0.875),
        checkpoints=checkpoints,
        weights_note=note,
        timm_name=name,
    )
    variant = with_stated_recipe(variant, {} if stated is None else stated, configuration)
    is_resized = stated is not None and stated.fixed_input_size and stated.input_size[1] != variant.recipe.crop_px
    if variant.refusal is not None or not is_resized:
        return variant
    return replace(variant, build=partial(_build, name, {"img_size": variant.recipe.crop_px}))


def _build(name: str, arguments: Mapping[str, int], num_classes: int) -> "nn.Module":
    import timm

    try:
        model: nn.Module = timm.create_model(name, pretrained=False, num_classes=num_classes, **arguments)
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
