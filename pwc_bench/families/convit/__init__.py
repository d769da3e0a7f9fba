"""ConViT: vision transformers whose first ten blocks begin as convolutions (d'Ascoli et al., ICML 2021).

Twelve blocks: ten of gated positional self-attention, two of plain self-attention; the class token joins before the
eleventh. Only Ti, S and B have public weights.
"""

from functools import partial
from typing import TYPE_CHECKING

from pwc_bench.core.variant import Checkpoint, Recipe, Variant

if TYPE_CHECKING:
    from torch import nn

__all__ = ["VARIANTS"]

_FAMILY = "convit"
_RECIPE = Recipe.for_crop_fraction(224, 0.875)


def _build(heads: int, embed_dim_per_head: int, num_classes: int) -> "nn.Module":
    from pwc_bench.families.convit.register import build_convit

    return build_convit(heads=heads, embed_dim_per_head=embed_dim_per_head, num_classes=num_classes)


def _fuse(model: "nn.Module") -> "nn.Module":
    from pwc_bench.families.convit.fused import fuse

    return fuse(model)


def _variant(key: str, title: str, heads: int, embed_dim_per_head: int, published_as: str | None = None) -> Variant:
    """Declare one variant; `published_as` is the size in the names of timm and of the official files."""
    return Variant(
        key=key,
        title=title,
        family=_FAMILY,
        build=partial(_build, heads, embed_dim_per_head),
        fuse=_fuse,
        recipe=_RECIPE,
        checkpoints=() if published_as is None else _checkpoints(published_as),
        weights_note=f"Nobody has published PyTorch weights of {title}." if published_as is None else None,
        architecture={
            "heads": heads,
            "embed_dim": heads * embed_dim_per_head,
            "embed_dim_per_head": embed_dim_per_head,
            "depth": 12,
            "gpsa_layers": 10,
            "patch_size": 16,
            "mlp_ratio": 4,
        },
        paper="convit",
        timm_name=None if published_as is None else f"convit_{published_as}",
    )


def _checkpoints(published_as: str) -> tuple[Checkpoint, ...]:
    return (
        Checkpoint(f"hub:timm/convit_{published_as}.fb_in1k", "Apache-2.0"),
        Checkpoint(f"https://dl.fbaipublicfiles.com/convit/convit_{published_as}.pth", "Apache-2.0"),
    )


VARIANTS = (
    _variant("convit-ti", "ConViT-Ti", 4, 48, published_as="tiny"),
    _variant("convit-ti-plus", "ConViT-Ti+", 4, 64),
    _variant("convit-s", "ConViT-S", 9, 48, published_as="small"),
    _variant("convit-s-plus", "ConViT-S+", 9, 64),
    _variant("convit-b", "ConViT-B", 16, 48, published_as="base"),
    _variant("convit-b-plus", "ConViT-B+", 16, 64),
)
