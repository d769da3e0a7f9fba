"""Activations: the elements that convolutions and matrix products put out for one image."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.metrics._apparatus.counters import count_operators
from pwc_bench.metrics._apparatus.counting_rules import PER_ELEMENT, RULES, Rule, Shape

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
    side_px = subject.variant.recipe.crop_px
    counts = count_operators("ActivationCountAnalysis", subject.fresh(), side_px, _rules())
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


def _rules() -> Mapping[str, Rule]:
    """Return how many elements each operator puts out that multiplies and adds."""
    products = dict.fromkeys(RULES.keys() - PER_ELEMENT.keys(), _outputs)
    return products | {"scaled_dot_product_attention": _attention_outputs}


def _attention_outputs(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:
    """Count the attention weights (..., L, S) and the output (..., L, F)."""
    return prod(outputs[0][:-1]) * int(inputs[1][-2]) + _outputs(inputs, outputs)


def _outputs(inputs: Sequence[Any], outputs: Sequence[Shape]) -> int:  # noqa: ARG001 - rules are called with both
    return prod(outputs[0])


INSTRUMENT = Instrument(metrics=(ACTIVATIONS,), gauge=count_activations)
