"""Does a measurement reproduce a claim? A rule on numbers alone: what may be compared is decided elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from pwc_bench.core.claim import Claim
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Metric

__all__ = ["ATTENTION_PRODUCTS", "Agreement", "Judgement", "judge", "readings"]

ATTENTION_PRODUCTS = ("matmul", "mm", "bmm", "baddbmm", "einsum", "scaled_dot_product_attention")
"""The operators that multiply queries, keys and values: two products apart, or one fused operator."""


class Agreement(StrEnum):
    """How a measurement stands to a claim. "Above" is the greater number, whether or not that is better."""

    REPRODUCED = "reproduced"
    ABOVE = "above"
    BELOW = "below"
    NOT_COMPARABLE = "not comparable"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, and the convention under which it holds where that is not the metric's own."""

    agreement: Agreement
    convention: str | None = None
    """For example "without the classifier head"."""
    convention_value: float | None = None
    """The measurement under that convention, in the metric's unit."""


def judge(claim: Claim, metric: Metric, measurement: Measurement) -> Judgement:
    """Compare a measurement with a claim that is printed in the metric's display unit.

    It is reproduced where it rounds to the printed digits, lies within the metric's tolerance, or has the claim in its
    interval; first as measured, then under each other convention that its details allow to compute.
    """
    claimed = claim.number
    if _meets(claim, metric, measurement.value, measurement.interval):
        return Judgement(Agreement.REPRODUCED)
    for convention, value in readings(measurement).items():
        if _meets(claim, metric, value, None):
            return Judgement(Agreement.REPRODUCED, convention, value)
    above = _displayed(metric, measurement.value) > claimed
    return Judgement(Agreement.ABOVE if above else Agreement.BELOW)


def readings(measurement: Measurement) -> Mapping[str, float]:
    """Return the same measurement under the other conventions of the field, computed from its details."""
    found: dict[str, float] = {}
    without_head = measurement.details.get("without_head")
    if isinstance(without_head, int | float):
        found["without the classifier head"] = float(without_head)
    operators = measurement.details.get("operators")
    if isinstance(operators, Mapping):
        products = [operators.get(name) for name in ATTENTION_PRODUCTS]
        attention = sum(float(count) for count in products if isinstance(count, int | float))
        if attention > 0:
            found["without the attention products"] = measurement.value - attention
    return found


def _meets(claim: Claim, metric: Metric, value: float, interval: tuple[float, float] | None) -> bool:
    claimed, shown = claim.number, _displayed(metric, value)
    if shown.quantize(Decimal(1).scaleb(-claim.decimals), ROUND_HALF_UP) == claimed:
        return True
    if abs(shown - claimed) <= _displayed(metric, metric.tolerance):
        return True
    return interval is not None and _displayed(metric, interval[0]) <= claimed <= _displayed(metric, interval[1])


def _displayed(metric: Metric, value: float) -> Decimal:
    """Return a value of the metric's own unit in its display unit, free of binary dust."""
    return Decimal(repr(value)) * Decimal(repr(metric.display.scale))
