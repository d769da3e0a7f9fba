"""A claim in the unit in which its metric is shown: publications print 27, 27 M and 27000000."""

from decimal import Decimal

from pwc_bench.core.claim import Claim, is_printed_number
from pwc_bench.core.metric import Metric

__all__ = ["in_shown_unit", "printed_interval", "shown_range", "unit_as_printed"]

_COUNT = ""
"""The unit of a plain count."""
_FACTORS: dict[tuple[str, str], Decimal] = {
    ("parameters", _COUNT): Decimal("1e-6"),
    ("parameters", "K"): Decimal("1e-3"),
    ("parameters", "k"): Decimal("1e-3"),
    ("parameters", "B"): Decimal("1e3"),
    ("parameters", "G"): Decimal("1e3"),
    ("parameters", "T"): Decimal("1e6"),
    ("activations", _COUNT): Decimal("1e-6"),
    ("gflops", _COUNT): Decimal("1e-9"),
    ("gflops", "FLOPs"): Decimal("1e-9"),
    ("gflops", "MFLOPs"): Decimal("1e-3"),
    ("gflops", "TFLOPs"): Decimal("1e3"),
}
"""What a printed number is multiplied with: (metric's key, unit as printed)."""
_LEAST_COUNTS = {"parameters": 1000, "activations": 1000, "gflops": 1_000_000}
"""From where on a whole number without a unit is a count: 25.6 is none, 27 may be millions, 1,442 may be MFLOPs."""
_UNITS_OF_COUNTS = (_COUNT, "FLOPs")
_PLACE_HOLDERS = 3
"""From so many zeros at its end on, a count is rounded: 6,000,000 is what others print as 6 M."""


def in_shown_unit(claim: Claim, metric: Metric) -> Decimal | None:
    """Return what a claim says in the unit in which `metric` is shown.

    None where what is printed is no number, or is of a unit that cannot be turned into that one: such a claim is shown
    as it is printed, is not judged, and neither ranks nor stands on a chart.
    """
    factor = _factor(claim, metric)
    if factor is None or factor == 1:  # a product would keep 28 digits
        return None if factor is None else claim.number
    return claim.number * factor


def shown_range(claim: Claim, metric: Metric) -> tuple[Decimal, Decimal]:
    """Return the ends, in the unit in which `metric` is shown, of the numbers that round to what is printed.

    "5.4" is 5.35 to 5.45; the zeros that end a plain count are place-holders: "6000000" is 5.5 M to 6.5 M, as "6" M is.
    What is of no unit that can be turned into that one keeps its own. Raises KnowledgeError where it is no number.
    """
    number, factor = claim.number, _factor(claim, metric) or Decimal(1)
    digits = str(int(number)) if _is_count(claim, metric) and _can_be_count(number, metric) else ""
    zeros = len(digits) - len(digits.rstrip("0"))
    half = Decimal(5).scaleb((zeros if zeros >= _PLACE_HOLDERS else -claim.decimals) - 1)
    return (number - half) * factor, (number + half) * factor


def printed_interval(claim: Claim, metric: Metric) -> tuple[Decimal, Decimal]:
    """Return where a publication itself leaves its number: `shown_range`, wider by the spread printed behind it.

    "0.806 ± 0.001" is 0.8045 to 0.8075. Raises KnowledgeError where it is no number.
    """
    low, high = shown_range(claim, metric)
    spread = claim.spread * (_factor(claim, metric) or 1)
    return low - spread, high + spread


def unit_as_printed(claim: Claim, metric: Metric) -> str:
    """Return what must stand beside a claim that is printed in another unit than its column's, "" for all others."""
    if claim.unit == metric.display.unit:
        return ""
    return claim.unit or ("no unit stated" if _factor(claim, metric) is None else "a plain count")


def _factor(claim: Claim, metric: Metric) -> Decimal | None:
    if not is_printed_number(claim.value):
        return None
    if claim.unit == metric.display.unit:
        return Decimal(1)
    if _is_count(claim, metric) and not _can_be_count(claim.number, metric):
        return None
    return _FACTORS.get((metric.key, claim.unit))


def _is_count(claim: Claim, metric: Metric) -> bool:
    return claim.unit in _UNITS_OF_COUNTS and metric.key in _LEAST_COUNTS


def _can_be_count(number: Decimal, metric: Metric) -> bool:
    return number >= _LEAST_COUNTS[metric.key] and number == number.to_integral_value()
