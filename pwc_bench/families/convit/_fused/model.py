"""A whole ConViT for inference, made of a timm model's own layers."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from pwc_bench.core.measurement import Json
from pwc_bench.families.convit._fused.attention import (
    ClassAttention,
    GatedAttention,
    PlainAttention,
    TimmModule,
    choose_mixing,
    pin_mixing,
)


class FusedConvit(nn.Module):
    """Computes timm's `ConVit` in eval mode, and nothing that its logits do not need.

    Input (n, 3, 224, 224), output (n, classes). The logits need of the last block its class token alone, so its
    queries, projection and MLP are computed for that token only.
    """

    def __init__(self, model: TimmModule) -> None:
        super().__init__()
        self.patch_embed: nn.Module = model.patch_embed
        self.pos_embed: nn.Parameter = model.pos_embed
        self.cls_token: nn.Parameter = model.cls_token
        tokens = int(model.num_patches)
        local, rest = model.blocks[: model.local_up_to_layer], model.blocks[model.local_up_to_layer :]
        self.local = nn.ModuleList(_Block(block, GatedAttention(block.attn, tokens)) for block in local)
        self.plain = nn.ModuleList(_Block(block, PlainAttention(block.attn)) for block in rest[:-1])
        self.last = _LastBlock(rest[-1])
        self.norm: nn.Module = model.norm
        self.head: nn.Module = model.head

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits."""
        x = self.patch_embed(images) + self.pos_embed
        for block in self.local:
            x = block(x)
        x = torch.cat((self.cls_token.expand(len(x), -1, -1), x), dim=1)
        for block in self.plain:
            x = block(x)
        logits: Tensor = self.head(self.norm(self.last(x))[:, 0])
        return logits

    def settle(self, batch_size: int, earlier: Mapping[str, Json] | None = None) -> Mapping[str, Json]:
        """Choose the fastest kernels for the device and precision where this module now is; say what was chosen.

        An `earlier` choice, as this method has said it, is taken over without timing anything; EvaluationError is
        raised where its kernel is gone. Nothing is chosen on a CPU, whose way is fixed, and nothing is said of it.
        """
        layers = [block.attn for block in self.local if isinstance(block.attn, GatedAttention)]
        if not layers or layers[0].mixed.device.type != "cuda":
            return {}
        try:
            from pwc_bench.families.convit._fused.kernel import mixed_attention
        except ImportError:
            return pin_mixing(layers, None, earlier or {"chosen": "sdpa", "reason": "Triton is not installed"})
        if earlier is not None:
            return pin_mixing(layers, mixed_attention, earlier)
        return choose_mixing(layers, mixed_attention, batch_size, _milliseconds)


def _milliseconds(run: Callable[[], object]) -> float:
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
    run()
    torch.cuda.synchronize()
    begin.record()
    run()
    end.record()
    end.synchronize()
    return float(begin.elapsed_time(end))


class _Block(nn.Module):
    """A block of timm's with another attention."""

    def __init__(self, block: TimmModule, attention: nn.Module) -> None:
        super().__init__()
        self.norm1: nn.Module = block.norm1
        self.attn = attention
        self.norm2: nn.Module = block.norm2
        self.mlp: nn.Module = block.mlp

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x))
        out: Tensor = x + self.mlp(self.norm2(x))
        return out


class _LastBlock(_Block):
    """The last block of timm's, for the class token alone: (batch, tokens, dim) to (batch, 1, dim)."""

    def __init__(self, block: TimmModule) -> None:
        super().__init__(block, ClassAttention(block.attn))

    def forward(self, x: Tensor) -> Tensor:
        first = x[:, :1] + self.attn(self.norm1(x))
        out: Tensor = first + self.mlp(self.norm2(first))
        return out
