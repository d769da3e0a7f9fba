"""Small ConViTs with weights that are far from their beginnings, so that every part of them speaks."""

import torch
from timm.layers import LayerNorm
from timm.models.convit import ConVit
from torch import nn

__all__ = ["small_convit"]


def small_convit(*, heads: int = 4, head_dim: int = 8, depth: int = 4, local: int = 2, bias: bool = False) -> nn.Module:
    """A ConViT on 64 px images (16 tokens) whose gates, positions and norms are random."""
    generator = torch.Generator().manual_seed(3)
    model = ConVit(
        img_size=64,
        num_classes=10,
        embed_dim=head_dim,
        depth=depth,
        num_heads=heads,
        norm_layer=LayerNorm,
        local_up_to_layer=local,
        locality_strength=1.0,
        qkv_bias=bias,
    ).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.2)
    result: nn.Module = model
    return result
