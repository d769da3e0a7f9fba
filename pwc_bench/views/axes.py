"""Axes of charts: from values to places, with ticks that people like to read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_DECADES = 10
"""Of more decades on a logarithmic axis only some are marked."""
_MOST_WRITTEN = 1e7
"""Marks from here on are written with an exponent."""
_MARGIN_SHARE = 0.06
"""Free space beyond the extremes, as a share of their distance."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A marked value."""

    share: float
    """Where it stands: 0 at the axis' low end, 1 at its high end."""
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale between two values."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    is_log: bool = False

    def share(self, value: float) -> float:
        """Return where `value` stands between the ends: 0 to 1."""
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def linear_axis(values: Sequence[float], *, wanted_ticks: int = 6) -> Axis:
    """Return an axis around `values` (at least one)."""
    least, greatest = min(values), max(values)
    margin = (greatest - least) * _MARGIN_SHARE or abs(least) * _MARGIN_SHARE or 1.0
    low, high = least - margin, greatest + margin
    rough = (high - low) / wanted_ticks
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in _STEPS if power * factor >= rough * 0.999)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9) + (1 if round(step / power, 3) == 2.5 else 0))
    bare = Axis(low, high, ())
    marks = [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return Axis(low, high, tuple(Tick(bare.share(mark), _text(mark, f",.{decimals}f")) for mark in marks))


def log_axis(values: Sequence[float]) -> Axis:
    """Return a logarithmic axis around `values`, all above 0."""
    least, greatest = min(values), max(values)
    factor = max((greatest / least) ** _MARGIN_SHARE, 1.12)
    low, high = least / factor, greatest * factor
    bare = Axis(low, high, (), is_log=True)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = range(first, last + 1, math.ceil((last - first) / _MOST_DECADES))
    factors = (1, 2, 5) if high / low < 2000 else (1,)
    marks = [factor * 10.0**decade for decade in decades for factor in factors]
    ticks = tuple(Tick(bare.share(mark), _text(mark, ",.10g")) for mark in marks if low <= mark <= high)
    return Axis(low, high, ticks, is_log=True)


def _text(mark: float, form: str) -> str:
    """Write a mark in `form`, as "2.5e9" where that would not stand beside a plot."""
    return format(mark, form) if abs(mark) < _MOST_WRITTEN else f"{mark:.4g}".replace("e+0", "e").replace("e+", "e")


def time_axis(values: Sequence[float], *, most_ticks: int = 6) -> Axis:
    """Return an axis around moments in years (at least one), marked at whole years."""
    low, high = math.floor(min(values) - 0.05), math.ceil(max(values) + 0.05)
    step = max(1, math.ceil((high - low) / most_ticks))
    bare = Axis(float(low), float(high), ())
    return Axis(bare.low, bare.high, tuple(Tick(bare.share(year), str(year)) for year in range(low, high + 1, step)))


def years(date: str) -> float:
    """Return a date (ISO 8601, of a year, a month or a day) in years: 2021.2. Raises ValueError for others."""
    parts = date.split("-")
    if not all(part.isdecimal() for part in parts):
        raise ValueError(f"{date!r} is no date")
    year, month, day = (*(int(part) for part in parts), 1, 1)[:3]
    return year + (month - 1) / 12 + (day - 1) / 365.25
