"""The archive's values as printed numbers: each is read without a guess, or refused with the reason."""

import re
from dataclasses import dataclass
from enum import StrEnum

from pwc_bench.core.claim import is_printed_number

_UNITS = ("%", "K", "M", "B", "G", "T", "k", "ms", "s", "dB", "fps", "MB", "GB", "GFLOPs")
"""What may stand behind a number, as its unit."""
_NUMBER = r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]{1,3})?"
_VALUE = re.compile(rf"({_NUMBER})\s*({'|'.join(map(re.escape, _UNITS))})?(?:\s*(?:±|\+/-|\+-)\s*({_NUMBER})\s*(%)?)?")
"""A number, its unit, a spread, and the per cent sign that may stand behind both."""
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3}){2,}(\.[0-9]+)?|[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+")
_DECIMAL_COMMA = re.compile(r"[+-]?([0-9]+),([0-9]+)")
_LONGEST = 40


class Refusal(StrEnum):
    """Why a value is no claim."""

    EMPTY = "empty, or a dash"
    AMBIGUOUS = "a comma that may part thousands or decimals"
    NO_NUMBER = "not one number"


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A number as it was printed."""

    number: str
    """Its digits, with a decimal point: "9.9", "0.626", "1,234,567"."""
    unit: str
    """What stands behind it: "%", "M"; "" where nothing does."""
    spread: str | None = None
    """What stands behind a plus-minus sign: "± 0.1"."""


def read_value(raw: object) -> PrintedValue | Refusal:
    """Read a value of an evaluation table, a string or a PrintedNumber.

    "82%" is 82 in "%", "0,626" is 0.626 (nothing else can be meant), "9,900" is refused (two things can), "9.9 ± 0.1"
    is 9.9 with its spread, "1.2M" is 1.2 in "M". Digits are kept.
    """
    if raw is None:
        return Refusal.EMPTY
    # Numbers are PrintedNumbers; what is no string is true, false, a list or an object.
    text = " ".join(raw.replace("\N{MINUS SIGN}", "-").split()) if isinstance(raw, str) else "no number"
    if text in {"", "-", "--", "\N{EN DASH}", "\N{EM DASH}"}:
        return Refusal.EMPTY
    found = None if len(text) > _LONGEST else _VALUE.fullmatch(text)
    if found is None or (found[2] and found[4] and found[2] != found[4]):
        return Refusal.NO_NUMBER
    number, spread = _number(found[1]), _number(found[3] or "0")
    if isinstance(number, Refusal) or isinstance(spread, Refusal):
        return number if isinstance(number, Refusal) else Refusal.NO_NUMBER
    return PrintedValue(number, found[2] or found[4] or "", f"± {spread}" if found[3] else None)


def _number(text: str) -> str | Refusal:
    if _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text):
        return text if is_printed_number(text) else Refusal.NO_NUMBER
    found = _DECIMAL_COMMA.fullmatch(text)
    if found is None:
        return Refusal.NO_NUMBER
    whole, decimals = found[1], found[2]
    if len(decimals) == 3 and len(whole) <= 3 and int(whole) != 0:
        return Refusal.AMBIGUOUS
    return text.replace(",", ".")
