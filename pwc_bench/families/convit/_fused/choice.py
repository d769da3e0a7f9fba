"""Which way of mixing the two attentions is the fastest on the device at hand: measured, not assumed."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.measurement import Json
from pwc_bench.families.convit._fused.attention import GatedAttention, Kernel

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
