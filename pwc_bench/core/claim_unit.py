"""A claim in the unit in which its metric is shown: publications print 27, 27 M and 27000000."""

from decimal import Decimal

from pwc_bench.core.claim import Claim, is_printed_number
from pwc_bench.core.metric import Metric

__all__ = ["in_shown_unit", "unit_as_printed"]

_FACTORS: dict[tuple[str, str], Decimal] = {
    ("parameters", ""): Decimal("1e-6"),
    ("parameters", "K"): Decimal("1e-3"),
    ("parameters", "B"): Decimal("1e3"),
    ("gflops", "MFLOPs"): Decimal("1e-3"),
    ("gflops", "TFLOPs"): Decimal("1e3"),
}
"""What a printed number is multiplied with: (metric's key, unit as printed)."""


def in_shown_unit(claim: Claim, metric: Metric) -> Decimal | None:
    """Return what a claim says in the unit in which `metric` is shown.

    None where what is printed is no number, or is of a unit that cannot be turned into that one: such a claim is shown
    as it is printed, and neither ranks nor stands on a chart.
    """
    factor = Decimal(1) if claim.unit == metric.display.unit else _FACTORS.get((metric.key, claim.unit))
    return claim.number * factor if factor is not None and is_printed_number(claim.value) else None


def unit_as_printed(claim: Claim, metric: Metric) -> str:
    """Return what must stand beside a claim that is printed in another unit than its column's, "" for all others."""
    if claim.unit == metric.display.unit:
        return ""
    return claim.unit or ("a plain count" if metric.key == "parameters" else "no unit stated")
