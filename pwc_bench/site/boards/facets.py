"""What a leaderboard's rows can be filtered by, and how good the evidence behind each of them is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import Link
from pwc_bench.core.setting import Machine
from pwc_bench.core.text_forms import slugify
from pwc_bench.core.variant import Variant
from pwc_bench.site.parts.comparison import Comparison

_TITLES = {
    "family": "Family",
    "size": "Parameters",
    "implementation": "Implementation",
    "hardware": "Hardware",
    "precision": "Precision",
    "year": "Year",
}
"""The filters with several choices, in the order in which the page offers them."""
_MACHINE = ("hardware", "precision", "implementation")
"""The filters that together choose a machine, in the order of its words."""
_SIZES = (
    (10.0, "0-10", "up to 10 M"),
    (50.0, "10-50", "10 to 50 M"),
    (100.0, "50-100", "50 to 100 M"),
    (float("inf"), "100-", "above 100 M"),
)
"""(upper limit, range, text) in millions of parameters; the page's script reads the range."""


@dataclass(frozen=True, slots=True)
class Level:
    """How well a row's first number is founded."""

    key: str
    """The end of the badge's style class."""
    text: str
    reason: str
    """The whole sentence."""
    grade: str
    """For sorting: the better founded, the greater."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A property that rows share."""

    name: str
    """The filter's name in the address: "family"."""
    value: str
    """The choice in the address: "convit"; "1" for what is only there or not."""
    text: str
    """The choice as people read it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a filter's list."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A list to choose from."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    none: str = "any"
    """What stands in the place of a choice."""


_REPRODUCED = Level("measured", "reproduced", "We measured it whole, and it agrees with the claim.", "5")
_MEASURED = Level("measured", "measured", "We measured it whole, with published weights.", "4")
_FLAGGED = Level("partial", "partly measured", "Measured, but not whole or not with published weights.", "3")
_COST = Level("cost", "cost measured", "We measured what it costs; the rest is claimed.", "2")
_CODE = Level("claim", "claim, code", "Claimed in a publication that has code.", "1")
_CLAIM = Level("claim", "claim", "Claimed in a publication.", "0")


def evidence_level(cells: Sequence[Comparison], paper: Paper | None) -> Level:
    """Return how well the first of a row's cells is founded."""
    first = cells[0] if cells else None
    if first and first.measured and first.measured.status is None:
        agrees = first.verdict is not None and first.verdict.state == "reproduced"
        return _REPRODUCED if agrees else _MEASURED
    if first and first.measured:
        return _FLAGGED
    if any(cell.measured for cell in cells):
        return _COST
    return _CODE if paper and paper.repositories else _CLAIM


def family_facet(variant: Variant | None) -> Facet | None:
    """Return the facet of a variant's family, spelt as the variant's title does: "ConViT" for the key "convit"."""
    if variant is None:
        return None
    key, head = variant.family, variant.title[: len(variant.family)]
    return Facet("family", slugify(key), head if head.casefold() == key.casefold() else key)


def row_facets(
    family: Facet | None, cells: Sequence[Comparison], machines: Sequence[Machine], year: str, code: Link | None
) -> Iterator[Facet]:
    """Yield what a row can be filtered by, each property once.

    `machines` are all on which it was measured; `year` is "" where it is not known.
    """
    if cells and cells[0].measured:
        yield Facet("measured", "1", f"{cells[0].title} measured")
    if family:
        yield family
    size = next((limit for cell in cells if cell.metric == "parameters" for limit in _size(cell)), None)
    if size is not None:
        yield size
    for machine in machines:
        for name, text in zip(_MACHINE, machine, strict=True):
            yield Facet(name, slugify(text), text)
    if code:
        yield Facet("code", "1", "Has code")
    if year:
        yield Facet("year", year, year)


def board_filters(facets: Iterable[Facet], machines: Sequence[Machine] = ()) -> tuple[Filter, ...]:
    """Return the lists that help to choose among rows: those with at least two choices.

    Of `machines` the first is the usual one, whose numbers are shown without a choice.
    """
    usual = dict(zip(_MACHINE, machines[0], strict=True)) if machines else {}
    seen: dict[str, dict[str, str]] = {name: {} for name in _TITLES}
    for facet in facets:
        if facet.name in seen:
            seen[facet.name].setdefault(facet.value, facet.text)
    return tuple(
        Filter(
            name,
            _TITLES[name],
            tuple(Choice(value, text) for value, text in _ordered(name, choices)),
            f"usual ({usual[name]})" if name in usual else "any",
        )
        for name, choices in seen.items()
        if len(choices) > 1
    )


def _ordered(name: str, choices: dict[str, str]) -> list[tuple[str, str]]:
    if name == "year":
        return sorted(choices.items(), reverse=True)
    if name == "size":
        order = {value: place for place, (_, value, _) in enumerate(_SIZES)}
        return sorted(choices.items(), key=lambda choice: order[choice[0]])
    return sorted(choices.items(), key=lambda choice: choice[1].casefold())


def _size(cell: Comparison) -> Iterator[Facet]:
    number = cell.measured.number if cell.measured else cell.claim.number if cell.claim else None
    if number is not None and number.sort:
        millions = float(number.sort)
        value, text = next((value, text) for limit, value, text in _SIZES if millions <= limit)
        yield Facet("size", value, text)
