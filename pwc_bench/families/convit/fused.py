"""The fused ConViT: the same logits as timm's model, computed faster. For inference only."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def fuse(model: "nn.Module") -> "nn.Module":
    """Return a module that computes what timm's `ConVit` computes in eval mode; it shares `model`'s layers.

    Input and output are those of `model`: (n, 3, 224, 224) to (n, classes). `model` must be in fp32 and must be moved
    or converted no more once the fused module is: shared layers move together. It can be neither trained nor counted.
    """
    from pwc_bench.families.convit._fused.model import FusedConvit

    return FusedConvit(model).eval().requires_grad_(requires_grad=False)
