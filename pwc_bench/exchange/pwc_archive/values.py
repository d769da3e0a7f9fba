"""Values as the archive of Papers with Code writes them, and fields of our own beside them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pwc_bench.core.claim import Claim, is_printed_number
from pwc_bench.core.text_forms import is_web_address

_LONGEST_TEXT = 2_000


def clean_text(value: object) -> str:
    """Return a text on one line without control characters, cut where it is endless; "" for anything else."""
    if not isinstance(value, str):
        return ""
    flat = " ".join(value.split())
    return "".join(character for character in flat if character.isprintable())[:_LONGEST_TEXT]


def clean_url(value: object) -> str | None:
    """Return a web address, None for anything else."""
    return value if isinstance(value, str) and is_web_address(value) else None


_UNITS = ("%", "K", "M", "B", "G", "T", "k", "ms", "s", "dB", "fps", "MB", "GB", "GFLOPs")
"""What may stand behind a number, as its unit."""
_NUMBER = r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]{1,3})?"
_VALUE = re.compile(rf"({_NUMBER})\s*({'|'.join(map(re.escape, _UNITS))})?(?:\s*(?:±|\+/-|\+-)\s*({_NUMBER})\s*(%)?)?")
"""A number, its unit, a spread, and the per cent sign that may stand behind both."""
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3}){2,}(\.[0-9]+)?|[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+")
_DECIMAL_COMMA = re.compile(r"[+-]?([0-9]+),([0-9]+)")
_LONGEST_VALUE = 40


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
    found = None if len(text) > _LONGEST_VALUE else _VALUE.fullmatch(text)
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


FIELD = "pwc_bench"


@dataclass(frozen=True, slots=True)
class OwnClaim:
    """Beside a row: what all of its values share, and each one's key and unit."""

    paper: str
    variant: str | None
    source: str
    source_url: str | None
    conditions: str | None
    evaluated_on: str | None
    metrics: Mapping[str, str]
    """The archive's name -> our key or name."""
    units: Mapping[str, str]
    """The archive's name -> the unit."""

    def value(self, name: str, raw: object) -> PrintedValue | Refusal:
        """Read a value that was written with its unit known: "9,900" can only be what a claim may print."""
        if not isinstance(raw, str):
            return Refusal.NO_NUMBER
        unit = self.units.get(name, "")
        text = raw.removesuffix("%") if unit == "%" else raw
        return PrintedValue(text, unit) if is_printed_number(text) else read_value(raw)


def own_values(claim: Claim) -> dict[str, Any]:
    """Return what a row of our own says of a claim, without its metrics and units."""
    return {
        "paper": claim.paper,
        "variant": claim.variant,
        "source": claim.source,
        "source_url": claim.source_url,
        "conditions": claim.conditions,
        "evaluated_on": claim.evaluated_on,
    }


def own_claim(row: Mapping[str, Any]) -> OwnClaim | None:
    """Read what our own export put into a row; None where it is not one of ours."""
    values = row.get(FIELD)
    if not isinstance(values, Mapping):
        return None
    paper, source = clean_text(values.get("paper")), clean_text(values.get("source"))
    if not paper or not source:
        return None
    return OwnClaim(
        paper=paper,
        variant=clean_text(values.get("variant")) or None,
        source=source,
        source_url=clean_url(values.get("source_url")),
        conditions=clean_text(values.get("conditions")) or None,
        evaluated_on=clean_text(values.get("evaluated_on")) or None,
        metrics=_texts(values.get("metrics")),
        units=_texts(values.get("units")),
    )


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {str(name): clean_text(text) for name, text in value.items()}
