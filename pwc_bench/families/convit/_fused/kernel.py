"""A Triton kernel for gated attention: both softmaxes mixed, and multiplied by the values, in one tile.

Imported only where a GPU may run it (or Triton's interpreter, in tests): Triton is a part of torch's CUDA builds.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

MOST_TOKENS = 256
"""All keys of a head stand in one tile, so that the softmax needs a single sweep."""

_QUERIES = 64
"""Queries a program; four programs then share the keys and values of an image's head in the cache."""


def mixed_attention(qkv: Tensor, mixed: Tensor, own: Tensor) -> Tensor:
    """Return (own * softmax(q k') + mixed) v for each head, of shape (batch, tokens, heads, head_dim).

    `qkv` has shape (batch, tokens, 3, heads, head_dim), contiguous, the scores' scale in its queries; `mixed` is
    (heads, tokens, tokens), `own` (heads, 1, 1). Sums and softmax are in fp32. Raises ValueError for more than
    MOST_TOKENS tokens.
    """
    batch, tokens, _, heads, head_dim = qkv.shape
    if tokens > MOST_TOKENS or not qkv.is_contiguous() or not mixed.is_contiguous():
        raise ValueError(f"the kernel takes contiguous tensors of at most {MOST_TOKENS} tokens, got {tuple(qkv.shape)}")
    out = torch.empty((batch, tokens, heads, head_dim), dtype=qkv.dtype, device=qkv.device)
    grid = (triton.cdiv(tokens, _QUERIES), heads, batch)
    _mix[grid](
        qkv,
        mixed,
        own,
        out,
        tokens,
        HEADS=heads,
        HEAD_DIM=head_dim,
        PADDED_DIM=max(16, triton.next_power_of_2(head_dim)),
        QUERIES=_QUERIES,
        KEYS=max(16, triton.next_power_of_2(tokens)),
        num_warps=8,
    )
    return out


@triton.jit  # type: ignore[untyped-decorator]
def _mix(  # type: ignore[no-untyped-def]  # noqa: ANN202
    qkv,  # noqa: ANN001
    mixed,  # noqa: ANN001
    own,  # noqa: ANN001
    out,  # noqa: ANN001
    tokens,  # noqa: ANN001
    HEADS: tl.constexpr,  # noqa: N803  (constants of the kernel, as Triton writes them)
    HEAD_DIM: tl.constexpr,  # noqa: N803
    PADDED_DIM: tl.constexpr,  # noqa: N803
    QUERIES: tl.constexpr,  # noqa: N803
    KEYS: tl.constexpr,  # noqa: N803
):
    """Compute one block of queries of one head of one image."""
    head = tl.program_id(1)
    image = tl.program_id(2).to(tl.int64)
    rows = tl.program_id(0) * QUERIES + tl.arange(0, QUERIES)
    keys = tl.arange(0, KEYS)
    dims = tl.arange(0, PADDED_DIM)
    is_row, is_key, is_dim = rows < tokens, keys < tokens, dims < HEAD_DIM
    width = HEADS * HEAD_DIM
    first = qkv + image * tokens * 3 * width + head * HEAD_DIM

    query = tl.load(
        first + rows[:, None] * (3 * width) + dims[None, :], mask=is_row[:, None] & is_dim[None, :], other=0.0
    )
    key = tl.load(
        first + width + keys[None, :] * (3 * width) + dims[:, None], mask=is_key[None, :] & is_dim[:, None], other=0.0
    )
    # "ieee" keeps fp32 products in fp32; it means nothing to the half precisions.
    scores = tl.dot(query, key, input_precision="ieee")
    scores = tl.where(is_key[None, :], scores, float("-inf"))
    powers = tl.exp(scores - tl.max(scores, axis=1)[:, None])
    content = powers / tl.sum(powers, axis=1)[:, None]

    position = tl.load(
        mixed + head * tokens * tokens + rows[:, None] * tokens + keys[None, :],
        mask=is_row[:, None] & is_key[None, :],
        other=0.0,
    )
    attention = tl.load(own + head).to(tl.float32) * content + position.to(tl.float32)
    value = tl.load(
        first + 2 * width + keys[:, None] * (3 * width) + dims[None, :],
        mask=is_key[:, None] & is_dim[None, :],
        other=0.0,
    )
    result = tl.dot(attention.to(value.dtype), value, input_precision="ieee")
    place = out + image * tokens * width + rows[:, None] * width + head * HEAD_DIM + dims[None, :]
    tl.store(place, result.to(value.dtype), mask=is_row[:, None] & is_dim[None, :])
