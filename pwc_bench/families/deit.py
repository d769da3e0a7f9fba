"""DeiT: the transformers beside which the ConViT paper's Table 1 puts its own (Touvron et al., ICML 2021).

Ti, S and B are the originals. Ti+, S+ and B+ are the ConViT paper's counterparts of its larger sizes: the same
architecture with as many heads as the ConViT of that size, each of dimension 64; nobody published their weights.
"""

from functools import partial
from typing import TYPE_CHECKING

from pwc_bench.core.variant import Checkpoint, Recipe, Variant

if TYPE_CHECKING:
    from torch import nn

_FAMILY = "deit"
_RECIPE = Recipe.for_crop_fraction(224, 0.9)


def _build(heads: int, embed_dim: int, num_classes: int) -> "nn.Module":
    """Return a new DeiT, with the arguments of timm's own: input (n, 3, 224, 224), output (n, num_classes)."""
    from timm.models.vision_transformer import VisionTransformer

    model: nn.Module = VisionTransformer(
        patch_size=16,
        embed_dim=embed_dim,
        depth=12,
        num_heads=heads,
        mlp_ratio=4,
        qkv_bias=True,
        num_classes=num_classes,
    )
    return model.eval()


def _variant(
    key: str, title: str, heads: int, embed_dim: int, *, timm_name: str | None = None, sha256: str | None = None
) -> Variant:
    """Declare one variant; `sha256` holds the first digits, which the official file carries in its name."""
    published = timm_name is not None
    return Variant(
        key=key,
        title=title,
        family=_FAMILY,
        build=partial(_build, heads, embed_dim),
        recipe=_RECIPE,
        checkpoints=(
            Checkpoint(f"hub:timm/{timm_name}.fb_in1k", "Apache-2.0"),
            Checkpoint(f"https://dl.fbaipublicfiles.com/deit/{timm_name}-{sha256}.pth", "Apache-2.0", sha256),
        )
        if published
        else (),
        weights_note=None if published else f"Nobody has published PyTorch weights of {title}.",
        architecture={
            "heads": heads,
            "embed_dim": embed_dim,
            "embed_dim_per_head": embed_dim // heads,
            "depth": 12,
            "patch_size": 16,
            "mlp_ratio": 4,
        },
        paper="deit" if published else "convit",
        timm_name=timm_name,
    )


VARIANTS = (
    _variant("deit-ti", "DeiT-Ti", 3, 192, timm_name="deit_tiny_patch16_224", sha256="a1311bcf"),
    _variant("deit-ti-plus", "DeiT-Ti+", 4, 256),
    _variant("deit-s", "DeiT-S", 6, 384, timm_name="deit_small_patch16_224", sha256="cd65a155"),
    _variant("deit-s-plus", "DeiT-S+", 9, 576),
    _variant("deit-b", "DeiT-B", 12, 768, timm_name="deit_base_patch16_224", sha256="b5f2ef4d"),
    _variant("deit-b-plus", "DeiT-B+", 16, 1024),
)
