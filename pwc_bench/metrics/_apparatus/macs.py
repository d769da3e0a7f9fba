"""The multiply-adds of one image, as fvcore counts them: what GFLOPs report and MFU rests on."""

from collections.abc import Callable
from math import prod
from typing import Any
from weakref import WeakKeyDictionary

from pwc_bench.core.instruments import Subject
from pwc_bench.metrics._apparatus.tracing import OperatorCounts, count_operators, shape_of

__all__ = ["count_macs"]

_COUNTED: WeakKeyDictionary[Callable[[], Any], OperatorCounts] = WeakKeyDictionary()
"""Tracing a large model takes seconds, and two gauges need the count: kept as long as the subject's `fresh`."""


def count_macs(subject: Subject) -> OperatorCounts:
    """Count the multiply-adds of a new model for one image at its crop size. Raises EvaluationError, see `tracing`."""
    found = _COUNTED.get(subject.fresh)
    if found is None:
        rules = {"aten::scaled_dot_product_attention": _attention_macs, "aten::baddbmm": _baddbmm_macs}
        found = count_operators("FlopCountAnalysis", subject.fresh(), subject.variant.recipe.crop_px, rules)
        _COUNTED[subject.fresh] = found
    return found


def _attention_macs(inputs: list[Any], outputs: list[Any]) -> int:  # noqa: ARG001 - fvcore calls with both
    """Count q @ k^T and weights @ v, as the unfused path would be counted; a causal mask saves nothing there either.

    Shapes: q (..., L, E), k (..., S, E), v (..., S, F): L x S x (E + F) for each of q's leading places.
    """
    query, key, value = (shape_of(tensor) for tensor in inputs[:3])
    return prod(query[:-1]) * key[-2] * (query[-1] + value[-1])


def _baddbmm_macs(inputs: list[Any], outputs: list[Any]) -> int:  # noqa: ARG001 - fvcore calls with both
    """Count a batched matrix product with an addition: (b, n, m) @ (b, m, p)."""
    left, right = shape_of(inputs[1]), shape_of(inputs[2])
    return prod(left) * right[-1]
