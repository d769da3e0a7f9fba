"""A claim in the unit in which its metric is shown: publications print 27, 27 M and 27000000."""

from decimal import Decimal

from pwc_bench.core.claim import Claim, is_printed_number
from pwc_bench.core.metric import Metric

__all__ = ["in_shown_unit", "unit_as_printed"]

_FACTORS: dict[tuple[str, str], Decimal] = {
    ("parameters", ""): Decimal("1e-6"),
    ("parameters", "K"): Decimal("1e-3"),
    ("parameters", "k"): Decimal("1e-3"),
    ("parameters", "B"): Decimal("1e3"),
    ("parameters", "G"): Decimal("1e3"),
    ("parameters", "T"): Decimal("1e6"),
    ("gflops", "MFLOPs"): Decimal("1e-3"),
    ("gflops", "TFLOPs"): Decimal("1e3"),
}
"""What a printed number is multiplied with: (metric's key, unit as printed)."""


_LEAST_COUNT = 1000


def in_shown_unit(claim: Claim, metric: Metric) -> Decimal | None:
    """Return what a claim says in the unit in which `metric` is shown.

    None where what is printed is no number, or is of a unit that cannot be turned into that one: such a claim is shown
    as it is printed, and neither ranks nor stands on a chart.
    """
    if not is_printed_number(claim.value) or (_is_count(claim, metric) and not _can_be_count(claim.number)):
        return None
    factor = Decimal(1) if claim.unit == metric.display.unit else _FACTORS.get((metric.key, claim.unit))
    return None if factor is None else claim.number * factor


def unit_as_printed(claim: Claim, metric: Metric) -> str:
    """Return what must stand beside a claim that is printed in another unit than its column's, "" for all others."""
    if claim.unit == metric.display.unit:
        return ""
    is_count = _is_count(claim, metric) and is_printed_number(claim.value) and _can_be_count(claim.number)
    return claim.unit or ("a plain count" if is_count else "no unit stated")


def _is_count(claim: Claim, metric: Metric) -> bool:
    return metric.key == "parameters" and not claim.unit


def _can_be_count(number: Decimal) -> bool:
    """Tell a number of parameters from one whose unit was left out: 25.6 is no count, and 27 are millions or none."""
    return number >= _LEAST_COUNT and number == number.to_integral_value()
