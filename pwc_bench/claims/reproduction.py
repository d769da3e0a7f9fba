"""Does a measurement reproduce a claim? A rule on numbers alone: what may be compared is decided by `comparability`."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pwc_bench.core.claim import Claim, in_shown_unit, printed_interval, shown_range
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Metric

ATTENTION_PRODUCTS = ("matmul", "mm", "bmm", "baddbmm", "einsum", "scaled_dot_product_attention")
"""The operators that multiply queries, keys and values: two products apart, or one fused operator."""

_COUNTED_IN = "GFLOPs"
"""The unit in which multiply-adds are counted: other counts by operator have no such conventions."""


class Agreement(StrEnum):
    """How a measurement stands to a claim. "Above" is the greater number, whether or not that is better."""

    REPRODUCED = "reproduced"
    ABOVE = "above"
    BELOW = "below"
    NOT_COMPARABLE = "not comparable"
    NOT_MEASURED = "not measured"


class Basis(StrEnum):
    """Why a claim counts as reproduced: the strictest reason that holds."""

    DIGITS = "digits"
    """The measurement rounds to the digits that were printed."""
    IMAGES = "images"
    """It differs by no more than evaluations of one checkpoint on the same images do."""
    TOLERANCE = "tolerance"
    """It lies within the metric's declared tolerance."""
    SPREAD = "spread"
    """It lies within the spread that the publication prints behind its number: "81.3 ± 0.2"."""
    INTERVAL = "interval"
    """The claim lies in the measurement's 95 % interval."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A measurement under one convention of the field, computed from its details."""

    key: str
    """"total", "without-attention-products", "doubled", "with-head" or "without-head"."""
    title: str
    """How a column of such values is headed: "Without the attention products"."""
    phrase: str
    """How it stands after "reproduced": "without the attention products"; "" for the metric's own convention."""
    value: float
    """In the metric's unit."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, why it holds, and the convention under which it does where that is not the metric's own."""

    agreement: Agreement
    basis: Basis | None = None
    """None where the claim is not reproduced."""
    reading: Reading | None = None
    """The convention that prints the claim; None where the metric's own does, or none."""


def judge(claim: Claim, metric: Metric, measurement: Measurement, allowance: float | None = None) -> Judgement:
    """Compare a measurement with a claim that can be turned into the metric's display unit.

    It is reproduced if it rounds to the printed digits, lies within the metric's tolerance or within the spread that is
    printed behind the number, or has the claim in its interval; first as measured, then under each other convention
    that its details allow to compute. The very checkpoint of the claim on the same images is no other sample: with an
    `allowance`, in the metric's unit, it must come so near to what rounds to the digits, whatever the interval.
    """
    if allowance is not None:
        basis = _basis_of_checkpoint(claim, metric, measurement.value, allowance)
    else:
        basis = _basis(claim, metric, measurement.value, measurement.interval)
    if basis is not None:
        return Judgement(Agreement.REPRODUCED, basis)
    for reading in readings(measurement):
        basis = _basis(claim, metric, reading.value, None)
        if basis is not None:
            return Judgement(Agreement.REPRODUCED, basis, reading)
    above = displayed(metric, measurement.value) > shown_claim(claim, metric)
    return Judgement(Agreement.ABOVE if above else Agreement.BELOW)


def readings(measurement: Measurement) -> tuple[Reading, ...]:
    """Return a measurement under every convention that its details allow, its own first; empty where there is one."""
    found: list[Reading] = []
    without_head = measurement.details.get("without_head")
    if isinstance(without_head, int | float):
        phrase = "without the classifier head"
        found.append(Reading("with-head", "With the classifier head", "", measurement.value))
        found.append(Reading("without-head", phrase.capitalize(), phrase, float(without_head)))
    operators = measurement.details.get("operators")
    if isinstance(operators, Mapping) and measurement.unit == _COUNTED_IN:
        products = [operators.get(name) for name in ATTENTION_PRODUCTS]
        attention = sum(float(count) for count in products if isinstance(count, int | float))
        found.append(Reading("total", "Total", "", measurement.value))
        if attention > 0:
            phrase = "without the attention products"
            value = measurement.value - attention
            found.append(Reading("without-attention-products", phrase.capitalize(), phrase, value))
        phrase = "with two operations for each multiply-add"
        found.append(Reading("doubled", "Doubled (two for each multiply-add)", phrase, 2 * measurement.value))
    return tuple(found)


def prints(claim: Claim, metric: Metric, value: float) -> bool:
    """Tell whether `value`, in the metric's unit, rounds to the claim's digits; halves round up, as people do it.

    Raises KnowledgeError where the claim is no number.
    """
    low, high = shown_range(claim, metric)
    shown = displayed(metric, value)
    return low <= shown < high if claim.number >= 0 else low < shown <= high


def claimed_range(claim: Claim) -> tuple[Decimal, Decimal]:
    """Return the ends, in the printed unit, of the numbers that round to the claim's digits: "5.4" is 5.35 to 5.45."""
    half = Decimal(5).scaleb(-claim.decimals - 1)
    return claim.number - half, claim.number + half


def shown_claim(claim: Claim, metric: Metric) -> Decimal:
    """Return a claim in the unit in which `metric` is shown, or as printed where it cannot be turned into that one.

    Raises KnowledgeError where the claim is no number.
    """
    value = in_shown_unit(claim, metric)
    return claim.number if value is None else value


def displayed(metric: Metric, value: float) -> Decimal:
    """Return a value of the metric's own unit in its display unit, free of binary dust."""
    return Decimal(repr(value)) * Decimal(repr(metric.display.scale))


def _basis_of_checkpoint(claim: Claim, metric: Metric, value: float, allowance: float) -> Basis | None:
    if prints(claim, metric, value):
        return Basis.DIGITS
    low, high = shown_range(claim, metric)
    far = displayed(metric, allowance)
    if low - far <= displayed(metric, value) <= high + far:
        return Basis.IMAGES
    return Basis.SPREAD if _is_in_spread(claim, metric, value) else None


def _basis(claim: Claim, metric: Metric, value: float, interval: tuple[float, float] | None) -> Basis | None:
    if prints(claim, metric, value):
        return Basis.DIGITS
    claimed = shown_claim(claim, metric)
    if abs(displayed(metric, value) - claimed) <= displayed(metric, metric.tolerance):
        return Basis.TOLERANCE
    if _is_in_spread(claim, metric, value):
        return Basis.SPREAD
    if interval is not None and displayed(metric, interval[0]) <= claimed <= displayed(metric, interval[1]):
        return Basis.INTERVAL
    return None


def _is_in_spread(claim: Claim, metric: Metric, value: float) -> bool:
    low, high = printed_interval(claim, metric)
    return claim.spread > 0 and low <= displayed(metric, value) <= high
