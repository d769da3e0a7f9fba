"""Facts as pairs of a term and a text: what description lists on several pages are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pwc_bench.core.measurement import Json

_LONGEST_LIST = 40
"""A list of more scalars than this is cut on the page; the record's JSON holds it whole."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One term and what is known about it."""

    term: str
    text: str
    href: str | None = None
    """Where the text leads, None where it leads nowhere."""
    is_code: bool = False
    """Whether the text is for machines (a hash, a path, a command) and stands in a fixed-width face."""


def optional_fact(term: str, text: str | None, *, href: str | None = None) -> tuple[Fact, ...]:
    """Return one fact, or none where there is no text."""
    return () if not text else (Fact(term, text, href),)


def yes_no(value: object) -> str:
    """Write a truth value for people."""
    return "yes" if value else "no"


def moment_text(moment: str) -> str:
    """Write "2026-01-31T12:00:00Z" as "2026-01-31 12:00:00 UTC"; anything else stays as it is."""
    day, mark, clock = moment.partition("T")
    if not mark or not clock.endswith("Z"):
        return moment
    return f"{day} {clock.removesuffix('Z')} UTC"


def duration_text(seconds: float) -> str:
    """Write a duration: "0.4 s", "12.5 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min"


def json_facts(values: Mapping[str, Json], prefix: str = "") -> Iterator[Fact]:
    """Flatten JSON values: one fact for each scalar or list of scalars, terms of inner mappings joined by " / "."""
    for key, value in in_order(values):
        term = f"{prefix} / {_words(key)}" if prefix else _words(key)
        if isinstance(value, Mapping):
            yield from json_facts(value, term)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from _list_facts(term, value)
        else:
            yield Fact(term, _scalar(value))


def in_order(values: Mapping[str, Json]) -> Iterable[tuple[str, Json]]:
    """Return the items of a JSON object: by number where all keys are whole numbers, which JSON sorts as texts."""
    if all(key.isdecimal() for key in values):
        return sorted(values.items(), key=lambda item: int(item[0]))
    return values.items()


def _list_facts(term: str, values: Sequence[Json]) -> Iterator[Fact]:
    if any(isinstance(value, Mapping) for value in values):
        for number, value in enumerate(values, start=1):
            yield from json_facts({str(number): value}, term)
        return
    shown = "; ".join(_scalar(value) for value in values[:_LONGEST_LIST])
    more = len(values) - _LONGEST_LIST
    yield Fact(term, f"{shown}; and {more:,} more" if more > 0 else shown or "none")


def _words(key: str) -> str:
    return key.replace("_", " ")


def _scalar(value: Json) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.6g}"
    if value is None:
        return "unknown"
    if isinstance(value, str):
        return value
    return f"({'; '.join(_scalar(inner) for inner in value)})"
