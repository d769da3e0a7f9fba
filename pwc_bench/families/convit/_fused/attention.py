"""Attention layers for inference: what does not depend on the input is computed once.

timm computes the positional softmax of a gated layer anew for every image of every batch, and divides the mixed
attention by row sums that are 1 already (both softmaxes sum to 1, and the gates to 1 with their complements).
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.measurement import Json

Kernel: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Takes qkv (batch, tokens, 3, heads, head_dim), g P and 1 - g; returns (batch, tokens, heads, head_dim)."""

TimmModule: TypeAlias = Any
"""A module of timm's, which declares no types."""


def positional_attention(layer: TimmModule, tokens: int) -> Tensor:
    """Return the positional softmax of timm's `GPSA` layer for a square of `tokens` patches: (heads, tokens, tokens).

    It depends on the weights alone. Computed in float64 and rounded once, to float32.
    """
    weight, bias = layer.pos_proj.weight.detach().double(), layer.pos_proj.bias.detach().double()
    places = layer.get_rel_indices(tokens).to(weight)[0]
    scores: Tensor = places @ weight.T + bias
    return scores.permute(2, 0, 1).softmax(dim=-1).float().contiguous()


class GatedAttention(nn.Module):
    """timm's `GPSA`, its positional part precomputed: ((1 - g) softmax(q k') + g P) v, projected.

    Takes and returns (batch, tokens, dim); the number of tokens is fixed.
    """

    mixed: Tensor
    """g P, of shape (heads, tokens, tokens)."""
    own: Tensor
    """1 - g, of shape (heads, 1, 1)."""

    def __init__(self, layer: TimmModule, tokens: int) -> None:
        super().__init__()
        self.heads: int = layer.num_heads
        self.head_dim = int(layer.v.in_features) // self.heads
        self.kernel: Kernel | None = None
        self.qkv = _joined(layer.qk, layer.v, query_scale=float(layer.scale))
        self.proj: nn.Module = layer.proj
        gate = layer.gating_param.detach().double().sigmoid().view(-1, 1, 1)
        # Not persistent: the two follow from the weights, and follow the module to another device or precision.
        self.register_buffer("mixed", (gate * positional_attention(layer, tokens)).float(), persistent=False)
        self.register_buffer("own", (1 - gate).float(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Attend."""
        batch, tokens, dim = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, dim // self.heads)
        out: Tensor = self.proj(self._mix(qkv).reshape(batch, tokens, dim))
        return out

    def _mix(self, qkv: Tensor) -> Tensor:
        if self.kernel is not None:
            return self.kernel(qkv, self.mixed, self.own)
        return self.by_products(qkv) if qkv.device.type == "cpu" else self.by_sdpa(qkv)

    def by_products(self, qkv: Tensor) -> Tensor:
        """Mix the attention itself, in place: on a CPU this is faster than two products with v."""
        batch, tokens, _, heads, head_dim = qkv.shape
        query, key, value = qkv.permute(2, 0, 3, 1, 4).reshape(3, batch * heads, tokens, head_dim).unbind(0)
        attention = torch.bmm(query, key.transpose(1, 2)).softmax(dim=-1)
        attention.view(batch, heads, tokens, tokens).mul_(self.own).add_(self.mixed)
        return torch.bmm(attention, value).view(batch, heads, tokens, head_dim).transpose(1, 2)

    def by_sdpa(self, qkv: Tensor) -> Tensor:
        """Leave the content's part to torch's fused kernel; the positional part is one product a head."""
        batch, tokens, _, heads, head_dim = qkv.shape
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        content = functional.scaled_dot_product_attention(query, key, value, scale=1.0).transpose(1, 2)
        # All images of the batch lie side by side: (heads, tokens, tokens) @ (heads, tokens, batch * head_dim).
        side_by_side = value.permute(1, 2, 0, 3).reshape(heads, tokens, batch * head_dim)
        position = torch.bmm(self.mixed, side_by_side).view(heads, tokens, batch, head_dim).permute(2, 1, 0, 3)
        return torch.addcmul(position, content, self.own.view(1, 1, heads, 1))


class PlainAttention(nn.Module):
    """timm's `MHSA` through torch's fused attention. Takes and returns (batch, tokens, dim)."""

    def __init__(self, layer: TimmModule) -> None:
        super().__init__()
        self.heads: int = layer.num_heads
        self.qkv: nn.Module = layer.qkv
        self.proj: nn.Module = layer.proj

    def forward(self, x: Tensor) -> Tensor:
        """Attend."""
        batch, tokens, dim = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(*qkv.unbind(0))
        out: Tensor = self.proj(attended.transpose(1, 2).reshape(batch, tokens, dim))
        return out


class ClassAttention(nn.Module):
    """timm's `MHSA` for the class token alone: (batch, tokens, dim) to (batch, 1, dim)."""

    def __init__(self, layer: TimmModule) -> None:
        super().__init__()
        self.heads: int = layer.num_heads
        dim = layer.proj.in_features
        self.query, self.key_value = _rows(layer.qkv, 0, dim), _rows(layer.qkv, dim, 3 * dim)
        self.proj: nn.Module = layer.proj

    def forward(self, x: Tensor) -> Tensor:
        """Attend from the first token to all."""
        batch, tokens, dim = x.shape
        query = self.query(x[:, :1]).view(batch, 1, self.heads, -1).transpose(1, 2)
        key, value = self.key_value(x).view(batch, tokens, 2, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        attended = functional.scaled_dot_product_attention(query, key, value)
        out: Tensor = self.proj(attended.transpose(1, 2).reshape(batch, 1, dim))
        return out


def _joined(query_key: TimmModule, value: TimmModule, *, query_scale: float) -> nn.Linear:
    """Return one layer for queries, keys and values, the scale of the scores folded into the queries' rows."""
    dim = value.in_features
    weight = torch.cat((query_key.weight.detach(), value.weight.detach()))
    weight[:dim] *= query_scale
    bias = None
    if value.bias is not None:
        bias = torch.cat((query_key.bias.detach(), value.bias.detach()))
        bias[:dim] *= query_scale
    return _linear(weight, bias)


def _rows(layer: TimmModule, first: int, last: int) -> nn.Linear:
    return _linear(layer.weight.detach()[first:last], None if layer.bias is None else layer.bias.detach()[first:last])


def _linear(weight: Tensor, bias: Tensor | None) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, device="meta")
    layer.weight = nn.Parameter(weight.clone(), requires_grad=False)
    if bias is not None:
        layer.bias = nn.Parameter(bias.clone(), requires_grad=False)
    return layer


Stopwatch = Callable[[Callable[[], object]], float]
"""Runs something once and returns the milliseconds that the device took."""

_ROUNDS = 7
_LEAST_GAIN = 1.02
"""A kernel is chosen where it is at least so many times as fast: less is noise."""

_CLOSE = {torch.float32: 1e-5, torch.bfloat16: 2e-2, torch.float16: 4e-3}
"""The largest difference of two mixings, as a fraction of the largest value, that rounding explains."""


def choose_mixing(
    layers: Sequence[GatedAttention],
    kernel: Kernel,
    batch_size: int,
    stopwatch: Stopwatch,
) -> Mapping[str, Json]:
    """Let all `layers` mix by `kernel` where it computes the same as torch's own products, faster.

    Tries the first layer on noise of its own device and precision, in rounds that go from one to the other. Returns
    what a record says of it. A kernel that fails, or computes something else, is not chosen.
    """
    first = layers[0]
    heads, tokens = first.mixed.shape[:2]
    generator = torch.Generator().manual_seed(0)
    shape = (batch_size, tokens, 3, heads, first.head_dim)
    qkv = torch.randn(shape, generator=generator).to(first.mixed)
    by_kernel = partial(kernel, qkv, first.mixed, first.own)
    try:
        with torch.inference_mode():
            difference = _difference(first.by_sdpa(qkv), by_kernel())
            if not difference <= _CLOSE[qkv.dtype]:
                return {"chosen": "sdpa", "reason": f"the kernel differs by {difference:.1e} of the largest value"}
            times = [(stopwatch(partial(first.by_sdpa, qkv)), stopwatch(by_kernel)) for _ in range(_ROUNDS)]
    except Exception as error:  # noqa: BLE001  (a compiler for another device may raise anything; torch's products run)
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        return {"chosen": "sdpa", "reason": f"the kernel fails: {why}"}
    sdpa_ms, kernel_ms = (statistics.median(column) for column in zip(*times, strict=True))
    wins = sdpa_ms >= _LEAST_GAIN * kernel_ms
    if wins:
        for layer in layers:
            layer.kernel = kernel
    return {
        "chosen": "triton" if wins else "sdpa",
        "sdpa_ms": sdpa_ms,
        "triton_ms": kernel_ms,
        "rounds": _ROUNDS,
        "batch_size": batch_size,
    }


def pin_mixing(
    layers: Sequence[GatedAttention], kernel: Kernel | None, chosen: Mapping[str, Json]
) -> Mapping[str, Json]:
    """Let all `layers` mix as an earlier call of `choose_mixing` has `chosen`, and return that.

    Raises EvaluationError where it has chosen the kernel and there is none now: another way would round otherwise.
    """
    if chosen["chosen"] == "triton":
        if kernel is None:
            raise EvaluationError(
                "this campaign began with the Triton kernel, and Triton is not installed now: install it, or start "
                "anew with --fresh"
            )
        for layer in layers:
            layer.kernel = kernel
    return chosen


def _difference(wanted: Tensor, found: Tensor) -> float:
    return float((wanted.double() - found.double()).abs().max() / wanted.double().abs().max())
