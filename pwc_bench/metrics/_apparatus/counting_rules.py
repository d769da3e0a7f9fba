"""How many multiply-adds an operator does, from the shapes alone: one table for whoever counts.

A rule takes an operator's arguments in the order of its schema (a tensor as its shape, a list as a list, a constant as
itself) and the shapes of its outputs. Products count each multiply-add once. What works element by element counts
nothing, but for those operators for which fvcore has a rate.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import prod
from typing import Any, TypeAlias

Shape: TypeAlias = tuple[int, ...]

Rule: TypeAlias = Callable[[Sequence[Any], Sequence[Shape]], int]
"""Counts one call of an operator."""


def common_name(operator: str) -> str:
    """Return the name under which counts are kept, of "aten::conv2d" or "conv2d": "conv" for every convolution."""
    name = operator.removeprefix("aten::")
    return "conv" if name.rstrip("_") in _CONVOLUTIONS else name


def _size(shape: Shape) -> int:
    return prod(shape)


def _sums(left: int) -> Rule:
    """Count an operator each of whose outputs is a sum of as many products as the argument `left` has columns."""
    return lambda inputs, outputs: prod(outputs[0]) * int(inputs[left][-1])


def _outer(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001 - rules are called with both
    """Count one product for each output."""
    return prod(outputs[0])


def _linear(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count a product with a weight (out, in), or (in,) for a single output."""
    return prod(outputs[0]) * int(inputs[1][-1])


def _addbmm(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count the sum of the batched products (b, n, m) @ (b, m, p)."""
    return prod(outputs[0]) * int(inputs[1][0] * inputs[1][2])


def _vecdot(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001 - rules are called with both
    """Count one product for each element of the two, broadcast."""
    width = max(len(shape) for shape in inputs[:2])
    left, right = ((1,) * (width - len(shape)) + tuple(shape) for shape in inputs[:2])
    return prod(max(pair) for pair in zip(left, right, strict=True))


def _tensordot(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count the sum over the dimensions that are named; one of size 1 against a larger one is summed beforehand."""
    left, right, of_left, of_right = inputs[:4]
    return prod(outputs[0]) * prod(int(min(left[i], right[j])) for i, j in zip(of_left, of_right, strict=True))


def _bilinear(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count x1 @ weight (out, in1, in2) for each output, then its product with x2."""
    first, second = (int(side) for side in inputs[2][1:])
    return prod(outputs[0]) * (first * second + second)


def _multi_dot(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001 - rules are called with both
    """Count a chain of matrices in the cheapest order, which is the one that torch takes."""
    shapes = list(inputs[0])
    shapes[0] = shapes[0] if len(shapes[0]) == 2 else (1, *shapes[0])
    shapes[-1] = shapes[-1] if len(shapes[-1]) == 2 else (*shapes[-1], 1)
    sides = [shape[0] for shape in shapes] + [shapes[-1][1]]

    @cache
    def cheapest(first: int, last: int) -> int:
        ways = (
            cheapest(first, cut) + cheapest(cut, last) + sides[first] * sides[cut] * sides[last]
            for cut in range(first + 1, last)
        )
        return min(ways, default=0)

    return cheapest(0, len(shapes))


def _matrix_power(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count the products of squaring and multiplying; an inverse, for negative powers, is not counted."""
    power = abs(int(inputs[1]))
    products = power.bit_length() - 1 + power.bit_count() - 1 if power else 0
    return products * prod(outputs[0]) * int(inputs[0][-1])


def _einsum(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001 - rules are called with both
    """Count pair after pair, in the order of the path that torch was given or else from the left.

    What only one of the two holds and nobody needs later is summed before they are multiplied.
    """
    equation, shapes = inputs[0].replace(" ", ""), list(inputs[1])
    path = list(inputs[2] or ()) if len(inputs) > 2 else []
    left, arrow, right = equation.partition("->")
    terms = [_labels(term, len(shape)) for term, shape in zip(left.split(","), shapes, strict=True)]
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for label, size in zip(term, shape, strict=True):
            sizes[label] = max(size, sizes.get(label, 1))
    every = [label for term in terms for label in term]
    wanted = {label for label in every if label.startswith(".") or (every.count(label) == 1 and not arrow)}
    if arrow:
        kept = wanted if "." in right else set()
        wanted = {label for label in kept if label.startswith(".")} | set(right.replace(".", ""))
    # An operand of size 1 where another one is larger does not take part in that sum.
    waiting = [
        {label for label, size in zip(term, shape, strict=True) if size == sizes[label]}
        for term, shape in zip(terms, shapes, strict=True)
    ]
    total = 0
    while len(waiting) > 1:
        pair = path[:2] or [0, 1]
        b, a = waiting.pop(max(pair)), waiting.pop(min(pair))
        needed = wanted.union(*waiting)
        taken = (a & b) | ((a | b) & needed)
        total += prod(sizes[label] for label in taken)
        # Without a path torch goes from left to right; a path counts what was made as the last operand.
        waiting.insert(len(waiting) if path else 0, taken & needed)
        path = path[2:]
    return total


def _labels(term: str, dimensions: int) -> list[str]:
    """Name each dimension of a term of an einsum; those of an ellipsis are counted from the right."""
    before, ellipsis, after = term.partition("...")
    hidden = dimensions - len(before) - len(after) if ellipsis else 0
    return [*before, *(f".{hidden - i}" for i in range(hidden)), *after]


def _convolution(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count the weight (out, in / groups, ...) at each place of the output."""
    return _strokes(inputs[1], outputs[0])


def _either_convolution(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count the weight at each place of the output, or of the input where the convolution is transposed."""
    return _strokes(inputs[1], inputs[0] if inputs[6] else outputs[0])


def _strokes(weight: Shape, places: Shape) -> int:
    spatial = len(weight) - 2
    return prod(places[: len(places) - spatial - 1]) * prod(places[len(places) - spatial :]) * prod(weight)


def _transposed_convolution(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001
    return _strokes(inputs[1], inputs[0])


def _conv_tbc(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count the weight (width, in, out) at each step of an output (time, batch, out)."""
    return prod(outputs[0][:-1]) * _size(inputs[1])


def _attention(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count q @ k^T and weights @ v, as the unfused path would be counted; a causal mask saves nothing there either.

    Shapes: q (..., L, E), k (..., S, E), v (..., S, F), output (..., L, F); keys may be shared by groups of heads.
    """
    query, key, value = inputs[:3]
    return prod(outputs[0][:-1]) * int(key[-2] * (query[-1] + value[-1]))


def _recurrent(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001 - rules are called with both
    """Count every weight matrix (of each layer, direction and projection) at each step of each sequence."""
    weights = [shape for given in inputs if isinstance(given, list) for shape in given if _is_matrix(shape)]
    return _size(inputs[0][:-1]) * sum(_size(shape) for shape in weights)


def _is_matrix(shape: object) -> bool:
    return isinstance(shape, tuple) and len(shape) == 2


def _recurrent_cell(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001
    """Count the weights of the input and of the state, once for each row."""
    return _size(inputs[0][:-1]) * (_size(inputs[2]) + _size(inputs[3]))


def _recurrent_layer(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001
    """Count oneDNN's layer: the weights of the input and of the state at each step."""
    return _size(inputs[0][:-1]) * (_size(inputs[1]) + _size(inputs[2]))


def _norm(weight: int) -> Rule:
    """Count fvcore's 5 an element with a weight, 4 without."""
    return lambda inputs, outputs: prod(inputs[0]) * (4 if inputs[weight] is None else 5)  # noqa: ARG005


def _batch_norm(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001 - rules are called with both
    """Count fvcore's 2 an element (a scale and a shift, 1 without weight); 5 or 4 where it computes the statistics."""
    per_element = (2 if inputs[1] is not None else 1) + (3 if inputs[5] else 0)
    return _size(inputs[0]) * per_element


def _per_output(operations: int) -> Rule:
    return lambda inputs, outputs: prod(outputs[0]) * operations  # noqa: ARG005


def _per_input(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001 - rules are called with both
    return prod(inputs[0])


# fmt: off
_CONVOLUTIONS = frozenset(
    {
        "_convolution", "_convolution_mode", "convolution", "convolution_overrideable", "conv1d", "conv2d", "conv3d",
        "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "conv_tbc", "mkldnn_convolution",
        "_slow_conv2d_forward", "thnn_conv2d",
    }
)
# fmt: on

PER_ELEMENT: Mapping[str, Rule] = {
    "batch_norm": _batch_norm,
    "layer_norm": _norm(2),
    "native_layer_norm": _norm(2),
    "group_norm": _norm(2),
    "instance_norm": _norm(1),
    "upsample_nearest2d": _per_output(1),
    "upsample_bilinear2d": _per_output(4),
    "grid_sampler": _per_output(4),
    "adaptive_avg_pool2d": _per_input,
}
"""Normalisation and resampling, at fvcore's rates. torch's own counter leaves them out."""

RULES: Mapping[str, Rule] = {
    **PER_ELEMENT,
    "matmul": _sums(0),
    "linalg_matmul": _sums(0),
    "mm": _sums(0),
    "bmm": _sums(0),
    "mv": _sums(0),
    "dot": _sums(0),
    "vdot": _sums(0),
    "inner": _sums(0),
    "_int_mm": _sums(0),
    "addmm": _sums(1),
    "addmm_": _sums(1),
    "_addmm_activation": _sums(1),
    "addmv": _sums(1),
    "addmv_": _sums(1),
    "baddbmm": _sums(1),
    "baddbmm_": _sums(1),
    "addbmm": _addbmm,
    "addbmm_": _addbmm,
    "linear": _linear,
    "linalg_vecdot": _vecdot,
    "tensordot": _tensordot,
    "outer": _outer,
    "ger": _outer,
    "addr": _outer,
    "addr_": _outer,
    "kron": _outer,
    "bilinear": _bilinear,
    "cdist": _sums(0),
    "cov": _sums(0),
    "corrcoef": _sums(0),
    "linalg_multi_dot": _multi_dot,
    "chain_matmul": _multi_dot,
    "matrix_power": _matrix_power,
    "linalg_matrix_power": _matrix_power,
    "einsum": _einsum,
    "_convolution": _either_convolution,
    "convolution": _either_convolution,
    "_convolution_mode": _convolution,
    "conv1d": _convolution,
    "conv2d": _convolution,
    "conv3d": _convolution,
    "conv_transpose1d": _transposed_convolution,
    "conv_transpose2d": _transposed_convolution,
    "conv_transpose3d": _transposed_convolution,
    "conv_tbc": _conv_tbc,
    "mkldnn_convolution": _convolution,
    "torchvision::deform_conv2d": _convolution,
    "scaled_dot_product_attention": _attention,
    "_scaled_dot_product_flash_attention_for_cpu": _attention,
    "lstm": _recurrent,
    "gru": _recurrent,
    "rnn_tanh": _recurrent,
    "rnn_relu": _recurrent,
    "lstm_cell": _recurrent_cell,
    "gru_cell": _recurrent_cell,
    "rnn_tanh_cell": _recurrent_cell,
    "rnn_relu_cell": _recurrent_cell,
    "mkldnn_rnn_layer": _recurrent_layer,
}
"""By the operator's name, without "aten::"."""

# fmt: off
_MOVING = frozenset(
    {
        # copies and choices of elements
        "_to_copy", "_unsafe_view", "cat", "channel_shuffle", "clone", "concat", "constant_pad_nd", "copy", "dropout",
        "alpha_dropout", "feature_dropout", "embedding", "empty_like", "fill", "flip", "full_like", "gather", "im2col",
        "index", "index_copy", "index_put", "index_select", "masked_fill", "masked_scatter", "masked_select",
        "max_unpool2d", "meshgrid", "narrow_copy", "native_channel_shuffle", "new_empty", "new_full", "new_ones",
        "new_zeros", "nonzero", "one_hot", "ones_like", "pad", "pixel_shuffle", "pixel_unshuffle",
        "rand_like", "randn_like", "reflection_pad1d", "reflection_pad2d", "repeat", "repeat_interleave",
        "replication_pad1d", "replication_pad2d", "resize", "roll", "rot90", "scatter", "set", "stack",
        "_pack_padded_sequence", "_pad_packed_sequence", "take_along_dim", "tile", "tril", "triu", "type_as",
        "zero", "bernoulli", "cartesian_prod", "exponential", "normal", "random", "uniform",
        "zeros_like", "complex", "block_diag",
        # comparison, which fvcore leaves out too
        "argmax", "argmin", "argsort", "bucketize", "clamp", "clamp_max", "clamp_min", "equal", "item",
        "_local_scalar_dense", "is_nonzero", "relu", "searchsorted", "sort", "threshold", "topk", "where",
        "eq", "ne", "lt", "le", "gt", "ge", "isnan", "isinf", "isfinite", "logical_and", "logical_not", "logical_or",
        "bitwise_and", "bitwise_not", "bitwise_or", "__and__", "__or__", "all", "any", "max", "min", "amax", "amin",
        "maximum", "minimum",
    }
)
_ELEMENTWISE = frozenset(
    {
        "_weight_norm", "cosine_similarity", "cumsum", "cumprod", "dist", "linalg_cross", "renorm", "trapezoid",
        "logcumsumexp", "col2im", "cross", "glu", "hardswish", "log_softmax", "polar", "prelu",
        "rms_norm", "_fused_rms_norm", "softmax", "_softmax", "normalize", "scatter_add", "index_add", "scatter_reduce",
        "rrelu", "celu", "selu", "softshrink", "hardshrink", "tanhshrink", "softmin", "logsigmoid", "log_sigmoid",
        "avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool1d", "max_pool2d", "max_pool3d", "adaptive_avg_pool1d",
        "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d", "lp_pool2d", "max_pool2d_with_indices",
        "upsample_bicubic2d", "upsample_linear1d", "upsample_nearest1d", "upsample_nearest3d", "upsample_trilinear3d",
        "_upsample_bicubic2d_aa", "_upsample_bilinear2d_aa", "_upsample_nearest_exact2d", "embedding_bag",
        "layer_norm", "group_norm", "local_response_norm", "std", "var", "norm", "frobenius_norm",
    }
)
# fmt: on
"""Operators whose work grows with the elements alone and which torch does not tag so."""


@cache
def is_free(operator: str) -> bool:
    """Tell whether an operator of aten only looks at, moves, makes or compares elements."""
    name = operator.removeprefix("aten::")
    plain = name.rstrip("_")
    if name in _MOVING or plain in _MOVING or name.startswith("profiler::"):
        return True
    overloads = (*_overloads(name), *_overloads(plain))
    return any(map(_is_view, overloads)) or (bool(overloads) and not any(map(_computes, overloads)))


@cache
def is_elementwise(operator: str) -> bool:
    """Tell whether an operator's work grows with its elements alone, as that of an activation or a mean does."""
    import torch

    name = operator.removeprefix("aten::")
    growing = {torch.Tag.pointwise, getattr(torch.Tag, "reduction", torch.Tag.pointwise)}
    return name.rstrip("_") in _ELEMENTWISE or any(growing.intersection(overload.tags) for overload in _overloads(name))


def _is_view(overload: Any) -> bool:  # noqa: ANN401 - an operator of torch
    """Tell whether an operator returns one of its arguments, unchanged."""
    returned = (result.alias_info for result in overload._schema.returns)  # noqa: SLF001 - told nowhere else
    return any(alias is not None and not alias.is_write for alias in returned)


def _computes(overload: Any) -> bool:  # noqa: ANN401 - an operator of torch
    """Tell whether an operator makes tensors of tensors."""
    schema = overload._schema  # noqa: SLF001 - told nowhere else
    takes = any("Tensor" in str(argument.type) and not argument.is_out for argument in schema.arguments)
    return takes and any("Tensor" in str(result.type) for result in schema.returns)


def _overloads(name: str) -> list[Any]:
    """Return the overloads of an operator of aten, none for one of another namespace."""
    import torch

    packet = getattr(torch.ops.aten, name, None) if name.isidentifier() else None
    return [] if packet is None else [getattr(packet, overload) for overload in packet.overloads()]
