"""Numbers as text, aligned on their decimal points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pwc_bench.core.claim import Claim, in_shown_unit
from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.metric import Metric

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is shown."""

    text: str
    sort: str
    """The same number for sorting: plain digits in the metric's display unit."""
    ghost: str = ""
    """Invisible digits after it, so that a column's decimal points stand below each other."""


def measured_number(metric: Metric, value: float) -> Number:
    """Return a measured value (in the metric's own unit) as the metric wants it shown."""
    return Number(metric.display.text(value), repr(round(value * metric.display.scale, 9)))


def printed_number(claim: Claim, metric: Metric | None = None) -> Number:
    """Return a number with the digits that somebody printed, sorting in the unit in which `metric` is shown.

    What is no number, or cannot be turned into that unit, sorts as a missing one.
    """
    if metric is not None and claim.unit != metric.display.unit:
        value = in_shown_unit(claim, metric)
        return Number(claim.value, "" if value is None else f"{value:f}")
    try:
        return Number(claim.value, f"{claim.number:f}")
    except KnowledgeError:
        return Number(claim.value, "")


def interval_text(metric: Metric, interval: tuple[float, float] | None) -> str | None:
    """Return an interval as "80.9-81.6" (with an en dash) in the display unit, None where there is none."""
    if interval is None:
        return None
    low, high = interval
    return f"{metric.display.text(low)}{EN_DASH}{metric.display.text(high)}"


def signed_text(value: Decimal | float, decimals: int) -> str:
    """Return a difference with its sign, "±0" where it rounds to nothing: "+0.36", "-1" (with a minus sign)."""
    text = f"{value:+,.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        return f"±{text[1:]}"
    return text.replace("-", MINUS)


def aligned(numbers: Sequence[Number | None]) -> tuple[Number | None, ...]:
    """Return a column's numbers with the invisible digits that align their decimal points."""
    tails = [_tail(number) for number in numbers]
    longest = max(tails, key=len, default="")
    return tuple(
        number if number is None else replace(number, ghost=longest[len(tail) :])
        for number, tail in zip(numbers, tails, strict=True)
    )


def _tail(number: Number | None) -> str:
    """Return what stands from the decimal point on, with zeros for digits: ".00"."""
    if number is None or not number.sort or "." not in number.text:
        return ""
    return "." + "0" * len(number.text.rpartition(".")[2])
