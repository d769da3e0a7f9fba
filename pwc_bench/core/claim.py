"""What somebody published about a model, and in which unit its number was printed."""

import re
from dataclasses import dataclass
from decimal import Decimal

from pwc_bench.core.errors import KnowledgeError
from pwc_bench.core.metric import Metric

_LONGEST = 40
PRINTED = re.compile(
    rf"(?=.{{1,{_LONGEST}}}$)[+-]?([0-9]+|[1-9][0-9]{{0,2}}(,[0-9]{{3}})+)(\.[0-9]+)?([eE][+-]?[0-9]{{1,2}})?"
)
"""Digits, with separators in groups of three only: "0,626" is somebody's decimal comma, and is refused.

An exponent has two digits at most and the whole 40 characters: what is longer is no figure of a table, and charts could
not compute with it.
"""


_SPREAD = re.compile(rf"± ?(?P<digits>{PRINTED.pattern}) ?(?P<share>%?)")
"""What stands behind a number, as its conditions: "± 0.1", "± 5 %"."""


def is_printed_number(text: str) -> bool:
    """Tell whether `text` is a number as a claim may print it: "5.4", "1,442", "1e-5"; no unit, no decimal comma."""
    return PRINTED.fullmatch(text) is not None


def printed_complaint(text: str) -> str | None:
    """Say what keeps `text` from being a number as a claim may print it; None where nothing does."""
    if is_printed_number(text):
        return None
    if len(text) > _LONGEST:
        return f"{text[:_LONGEST] + '...'!r} is too long for a number: {_LONGEST} characters are the most"
    if re.fullmatch(r"[+-]?[0-9.,]+[eE][+-]?[0-9]{3,}", text):
        return f"{text!r} is out of range: an exponent has two digits at most"
    return f"{text!r} is no number: write it as printed, without its unit, like '5.4'"


@dataclass(frozen=True, slots=True)
class Claim:
    """One published number, with its printed digits and its source."""

    paper: str
    """The slug of the paper or page that makes the claim."""
    model: str
    """The model's name as printed: "ConViT-S"."""
    variant: str | None
    """The key of our variant that it speaks of, None where we have none."""
    task: str
    """The task's slug."""
    dataset: str
    """The data set's key."""
    metric: str
    """The metric's key ("gflops", "parameters", "top1"), or another name for a metric that we do not measure."""
    value: str
    """The number as printed, in the metric's display unit: "5.4", "30", "82.2"."""
    unit: str
    """The unit in which it is printed: "GFLOPs", "M", "%", "images/s"."""
    source: str
    """The table or address: "Table 1"."""
    uses_additional_data: bool | None = None
    """Whether the model was trained on more than the data set; None where that is not stated."""
    evaluated_on: str | None = None
    """The date of the evaluation (ISO 8601), where known."""
    conditions: str | None = None
    """What the number depends on: "Quadro GP100, batch 128"."""
    source_url: str | None = None
    """Where the source can be read (https)."""

    @property
    def number(self) -> Decimal:
        """Return the printed value as an exact decimal, in the printed unit. Raises KnowledgeError where it is none."""
        complaint = printed_complaint(self.value)
        if complaint is not None:
            raise KnowledgeError(f"claim {self.model} {self.metric}: {complaint}")
        return Decimal(self.value.replace(",", ""))

    @property
    def decimals(self) -> int:
        """Return how many digits are printed after the decimal point."""
        exponent = self.number.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def spread(self) -> Decimal:
        """Return how far the publication says that the number lies apart to each side, in the printed unit; else 0.

        "± 0.1" is 0.1; "± 5 %" of what is itself no share in per cent is a share of the number. Raises KnowledgeError
        where the claim is no number.
        """
        found = None if self.conditions is None else _SPREAD.fullmatch(self.conditions)
        if found is None:
            return Decimal(0)
        spread = abs(Decimal(found["digits"].replace(",", "")))
        return abs(self.number) * spread / 100 if found["share"] and self.unit != "%" else spread

    @property
    def setting(self) -> str:
        """Return what sets the model apart from others of its name: its conditions, but not the spread of its runs."""
        return "" if self.conditions is None or _SPREAD.fullmatch(self.conditions) else self.conditions

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what makes two claims the same claim: a table may print a metric under several conditions or data."""
        data = {None: (), True: ("additional data",), False: ("no additional data",)}[self.uses_additional_data]
        return (self.paper, self.model, self.dataset, self.metric, self.source, self.conditions or "", *data)


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
