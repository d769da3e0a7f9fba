"""The three sizes of ConViT that timm leaves out, under timm's own kind of name.

Importing this module registers them: `timm.create_model("convit_small_plus")` works from then on.
"""

from typing import TYPE_CHECKING, Any

from pwc_bench.core.variant import IMAGENET_MEAN, IMAGENET_STD

if TYPE_CHECKING:
    from torch import nn


def convit_arguments(*, heads: int, embed_dim_per_head: int) -> dict[str, Any]:
    """Return the arguments of timm's `ConVit`: those of its own convit_tiny, convit_small and convit_base.

    timm's `embed_dim` is the dimension of one head, and its norm layer is a LayerNorm with eps 1e-6.
    """
    return {
        "local_up_to_layer": 10,
        "locality_strength": 1.0,
        "embed_dim": embed_dim_per_head,
        "num_heads": heads,
    }


def build_convit(*, heads: int, embed_dim_per_head: int, num_classes: int) -> "nn.Module":
    """Return a new ConViT with timm's random initialisation: input (n, 3, 224, 224), output (n, num_classes)."""
    from timm.layers import LayerNorm
    from timm.models.convit import ConVit

    arguments = convit_arguments(heads=heads, embed_dim_per_head=embed_dim_per_head)
    model: nn.Module = ConVit(num_classes=num_classes, norm_layer=LayerNorm, **arguments)
    return model.eval()


_CFG = {
    "num_classes": 1000,
    "input_size": (3, 224, 224),
    "fixed_input_size": True,
    "crop_pct": 0.875,
    "interpolation": "bicubic",
    "mean": IMAGENET_MEAN,
    "std": IMAGENET_STD,
    "first_conv": "patch_embed.proj",
    "classifier": "head",
}

default_cfgs = {name: dict(_CFG) for name in ("convit_tiny_plus", "convit_small_plus", "convit_base_plus")}
"""timm looks for this name in the module of a model that it registers."""


def convit_tiny_plus(pretrained: bool = False, **kwargs: object) -> "nn.Module":  # noqa: FBT001, FBT002 (timm's own signature)
    """Return a ConViT-Ti+: 4 heads of 64. There are no public weights."""
    return _create("convit_tiny_plus", 4, pretrained=pretrained, **kwargs)


def convit_small_plus(pretrained: bool = False, **kwargs: object) -> "nn.Module":  # noqa: FBT001, FBT002 (timm's own signature)
    """Return a ConViT-S+: 9 heads of 64. There are no public weights."""
    return _create("convit_small_plus", 9, pretrained=pretrained, **kwargs)


def convit_base_plus(pretrained: bool = False, **kwargs: object) -> "nn.Module":  # noqa: FBT001, FBT002 (timm's own signature)
    """Return a ConViT-B+: 16 heads of 64. There are no public weights."""
    return _create("convit_base_plus", 16, pretrained=pretrained, **kwargs)


def register_with_timm() -> None:
    """Make the three known to timm; calling it again changes nothing."""
    import timm

    for entry_point in (convit_tiny_plus, convit_small_plus, convit_base_plus):
        if not timm.is_model(entry_point.__name__):
            timm.models.register_model(entry_point)


def _create(name: str, heads: int, *, pretrained: bool, **kwargs: object) -> "nn.Module":
    from timm.models import build_model_with_cfg
    from timm.models.convit import ConVit

    arguments = convit_arguments(heads=heads, embed_dim_per_head=64) | kwargs
    features = {"out_indices": arguments.pop("out_indices", 3), "feature_cls": "getter"}
    model: nn.Module = build_model_with_cfg(ConVit, name, pretrained, feature_cfg=features, **arguments)
    return model


register_with_timm()
