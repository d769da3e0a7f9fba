"""What the archive's rows have no place for, and our own exports add: other readers pass it over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pwc_bench.core.claim import Claim, is_printed_number
from pwc_bench.exchange.pwc_archive.texts import clean_text, clean_url
from pwc_bench.exchange.pwc_archive.values import PrintedValue, Refusal, read_value

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
