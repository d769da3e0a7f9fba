"""GFLOPs: the multiply-adds of one image, as fvcore counts them."""

from collections.abc import Mapping

from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.core.reproduction import ATTENTION_PRODUCTS
from pwc_bench.metrics._apparatus.macs import count_macs
from pwc_bench.metrics._apparatus.tracing import OperatorCounts

__all__ = ["INSTRUMENT"]

GFLOPS = Metric(
    key="gflops",
    title="GFLOPs",
    unit="GFLOPs",
    better=Better.LOWER,
    kind=Kind.EXACT,
    scope=Scope.MODEL,
    version=1,
    tolerance=0.0,
    display=Display("GFLOPs", decimals=3),
    definition=(
        "Billions of multiply-adds for one image at the variant's crop size, counted by fvcore on the model "
        "as it is built: one multiply-add is one FLOP, as papers and timm count (tables that count two print "
        "twice as much). Linear layers, convolutions and the matrix products of attention are counted, fused "
        "attention included; normalisation at 5 per element; softmax and other element-wise operators are "
        "not."
    ),
    bounds=(0.0, None),
)

# fmt: off
_CHEAP = frozenset(
    {
        # arithmetic
        "abs", "add", "addcmul", "ceil", "cos", "div", "erf", "exp", "floor", "log", "mul", "neg", "pow",
        "reciprocal", "rsqrt", "rsub", "sin", "sqrt", "square", "sub",
        # comparison and copying
        "alias", "all", "any", "bitwise_or", "clone", "cumsum", "expand_as", "fill", "isnan", "le",
        "lift_fresh", "lt", "ne", "pad", "repeat", "repeat_interleave", "tril", "triu", "unflatten", "unfold",
        "where",
        # activation functions
        "elu", "gelu", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "log_softmax", "mish", "relu6",
        "sigmoid", "silu", "softmax", "softplus", "tanh",
        # reduction and pooling
        "avg_pool2d", "max_pool2d", "mean", "min", "norm", "rms_norm", "std", "sum", "var", "var_mean",
    }
)
# fmt: on
"""Operators whose work grows with the elements alone, which fvcore leaves out; the forms in place (`add_`) as well."""


def count_gflops(subject: Subject) -> Examination:
    """Count the multiply-adds of a new model for one image."""
    yield "counting multiply-adds"
    counts = count_macs(subject)
    without_attention = sum(n for name, n in counts.by_operator.items() if name not in ATTENTION_PRODUCTS)
    measurement = Measurement(
        value=counts.total / 1e9,
        unit=GFLOPS.unit,
        details={
            "convention": "multiply-adds (as fvcore counts)",
            "total_macs": counts.total,
            "two_per_multiply_add": 2 * counts.total / 1e9,
            "without_attention_products": without_attention / 1e9,
            "operators": {name: count / 1e9 for name, count in counts.by_operator.items()},
            "skipped": dict(counts.skipped),
            "input": [1, 3, subject.variant.recipe.crop_px, subject.variant.recipe.crop_px],
        },
        caveats=tuple(_caveats(counts)),
    )
    return {GFLOPS.key: measurement}


def _caveats(counts: OperatorCounts) -> list[str]:
    caveats = []
    cheap = {name: times for name, times in counts.skipped.items() if name.rstrip("_") in _CHEAP}
    unknown = {name: times for name, times in counts.skipped.items() if name not in cheap}
    if unknown:
        caveats.append(f"May be undercounted: no rule counts {_listed(unknown)}.")
    if cheap:
        caveats.append(f"Not counted, being element-wise: {_listed(cheap)}.")
    if counts.uncalled:
        names = ", ".join(counts.uncalled)
        caveats.append(f"Never called as modules, so unused, or counted with the module that holds them: {names}.")
    return caveats


def _listed(operators: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({times})" for name, times in operators.items())


INSTRUMENT = Instrument(metrics=(GFLOPS,), gauge=count_gflops)
