"""A verdict's numbers as text, with as many digits as it takes to see that they differ."""

import math
from dataclasses import dataclass, replace

from pwc_bench.core.measurement import Measurement
from pwc_bench.core.verdict import Verdict

ABSENT = "-"
"""Where there is no number."""

NO_NUMBER = "no number"
"""What stands for NaN and infinity."""

_MOST_DECIMALS = 15
_WIDE = 14
"""A plain number with more characters than this is written with an exponent."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Both values and the change between them."""

    baseline: str
    candidate: str
    change: str
    """With its sign: a difference in the display unit, or "-9.8 %" where medians are compared as a ratio."""
    unit: str


def shown(verdict: Verdict) -> Shown:
    """Write a verdict's numbers in the metric's display unit."""
    display = verdict.metric.display
    decimals = _decimals(verdict)
    precise = replace(display, decimals=decimals)

    def text(measurement: Measurement | None) -> str:
        if measurement is None:
            return ABSENT
        return _number(measurement.value * display.scale, precise.text(measurement.value))

    return Shown(text(verdict.baseline), text(verdict.candidate), _change(verdict, decimals), display.unit)


def with_unit(value: str, unit: str) -> str:
    """Return a value of `Shown` with its unit, where it is a number."""
    return value if value in {ABSENT, NO_NUMBER} else f"{value} {unit}".strip()


def p_text(value: float | None) -> str | None:
    """Return a p-value for people: "p = 0.0123", "p < 0.0001"; None where nothing was tested."""
    if value is None or not math.isfinite(value):
        return None
    return "p < 0.0001" if value < 0.0001 else f"p = {value:.4f}"


def _decimals(verdict: Verdict) -> int:
    """Return the metric's own digits, or as many more as two different values need to look different."""
    own = verdict.metric.display.decimals
    if verdict.baseline is None or verdict.candidate is None:
        return own
    old, new = (verdict.metric.display.scale * side.value for side in (verdict.baseline, verdict.candidate))
    if old == new or verdict.ratio is not None or not (math.isfinite(old) and math.isfinite(new)):
        return own
    for decimals in range(own, _MOST_DECIMALS):
        differs = f"{old:.{decimals}f}" != f"{new:.{decimals}f}"
        if differs and any(digit in f"{new - old:.{decimals}f}" for digit in "123456789"):
            return decimals
    return _MOST_DECIMALS


def _change(verdict: Verdict, decimals: int) -> str:
    if verdict.ratio is not None and math.isfinite(verdict.ratio):
        return f"{(verdict.ratio - 1) * 100:+.1f} %"
    if verdict.difference is None or not math.isfinite(verdict.difference):
        return ABSENT
    change = verdict.difference * verdict.metric.display.scale
    return "0" if change == 0 else _number(change, f"{change:+,.{decimals}f}")


def _number(value: float, text: str) -> str:
    if not math.isfinite(value):
        return NO_NUMBER
    if value != 0 and not any(digit in text for digit in "123456789"):
        return f"{value:{'+' if text[0] in '+-' else ''}.3g}"
    return text if len(text) <= _WIDE else f"{value:{'+' if text[0] in '+-' else ''}.6g}"
