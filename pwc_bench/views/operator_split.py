"""Where a model's operations go: the operator split that a cost measurement carries in its details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pwc_bench.core.measurement import Json, Measurement


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """One kind of operator, numbers written as text."""

    name: str
    amount: str
    """In the measurement's unit: "5.283"."""
    share: str
    """Of the sum of all operators: "91.8 %"."""
    bar_width: str
    """The same share as a plain number from 0 to 100, for the bar: "91.8"."""


@dataclass(frozen=True, slots=True)
class OperatorSplit:
    """The operators behind one cost figure, the costliest first."""

    heading: str
    """Of the column of amounts: the unit, or "Count"."""
    lines: tuple[OperatorLine, ...]
    skipped: tuple[str, ...]
    """Operators without a counting rule, with how often they occur where that is known: "softmax (12 times)"."""


def operator_split(measurement: Measurement) -> OperatorSplit | None:
    """Read the split from `details` ("operators", "skipped"); None where the measurement carries none."""
    amounts = _amounts(measurement.details.get("operators"))
    if not amounts:
        return None
    total = sum(amounts.values())
    ordered = sorted(amounts.items(), key=lambda item: (-item[1], item[0]))
    lines = tuple(_line(name, amount, total) for name, amount in ordered)
    return OperatorSplit(_heading(measurement.unit), lines, _skipped(measurement.details.get("skipped")))


def _line(name: str, amount: float, total: float) -> OperatorLine:
    percent = 100 * amount / total if total > 0 else 0.0
    share = "< 0.1 %" if 0 < percent < 0.05 else f"{percent:.1f} %"
    return OperatorLine(name, _amount_text(amount), share, f"{percent:.1f}")


def _heading(unit: str) -> str:
    return "Count" if unit in {"", "count"} else unit


def _amount_text(amount: float) -> str:
    """Write an amount with three decimals, or more digits where three would print a zero that it is not."""
    if amount >= 1 and amount.is_integer():
        return f"{amount:,.0f}"
    return f"{amount:,.3f}" if amount == 0 or amount >= 0.001 else f"{amount:.1g}"


def _amounts(value: Json) -> dict[str, float]:
    if not isinstance(value, Mapping):
        return {}
    return {name: float(n) for name, n in value.items() if isinstance(n, int | float) and not isinstance(n, bool)}


def _skipped(value: Json) -> tuple[str, ...]:
    """Accept a mapping from operator to count, or a plain list of names."""
    if isinstance(value, Mapping):
        return tuple(f"{name} ({_times(count)})" for name, count in sorted(value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(str(name) for name in value)
    return ()


def _times(count: Json) -> str:
    return "once" if count == 1 else f"{count} times"
