"""Activations: the elements that convolutions and matrix products put out for one image."""

from math import prod
from typing import Any

from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.metrics._apparatus.tracing import count_operators, shape_of

__all__ = ["INSTRUMENT"]

ACTIVATIONS = Metric(
    key="activations",
    title="Activations",
    unit="count",
    better=Better.LOWER,
    kind=Kind.EXACT,
    scope=Scope.MODEL,
    version=1,
    tolerance=0.0,
    display=Display("M", scale=1e-6, decimals=1),
    definition=(
        "The number of elements that convolutions, linear layers and matrix products put out for one image, "
        "as fvcore counts them; fused attention counts its weights and its output, as the unfused path does. "
        "It tracks memory traffic, and so speed, better than FLOPs do (Radosavovic et al., CVPR 2020)."
    ),
    bounds=(0.0, None),
)


def count_activations(subject: Subject) -> Examination:
    """Count the activations of a new model for one image."""
    yield "counting activations"
    rules = {
        "aten::scaled_dot_product_attention": _attention_outputs,
        "aten::baddbmm": _outputs,
        "aten::mm": _outputs,
    }
    side_px = subject.variant.recipe.crop_px
    counts = count_operators("ActivationCountAnalysis", subject.fresh(), side_px, rules)
    measurement = Measurement(
        value=counts.total,
        unit=ACTIVATIONS.unit,
        details={
            "convention": "output elements of convolutions and matrix products (as fvcore counts)",
            "operators": dict(counts.by_operator),
            "input": [1, 3, side_px, side_px],
        },
    )
    return {ACTIVATIONS.key: measurement}


def _attention_outputs(inputs: list[Any], outputs: list[Any]) -> int:
    """Count the attention weights (..., L, S) and the output (..., L, F)."""
    query, key = shape_of(inputs[0]), shape_of(inputs[1])
    return prod(query[:-1]) * key[-2] + _outputs(inputs, outputs)


def _outputs(inputs: list[Any], outputs: list[Any]) -> int:  # noqa: ARG001 - fvcore calls with both
    return prod(shape_of(outputs[0]))


INSTRUMENT = Instrument(metrics=(ACTIVATIONS,), gauge=count_activations)
