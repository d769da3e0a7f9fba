"""Building a ConViT on timm's class."""

from typing import TYPE_CHECKING, Any

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
