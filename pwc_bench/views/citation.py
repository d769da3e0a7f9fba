"""How to cite a page of the site: a sentence, and BibTeX."""

import re
from dataclasses import dataclass

from pwc_bench.core.record import Record
from pwc_bench.core.setting import Machine
from pwc_bench.core.text_forms import slugify

_SPECIAL = re.compile(r"[#$%&_{}~^\\]")
_NAMED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
"""Letters of LaTeX that a backslash alone does not make harmless."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The same reference twice."""

    text: str
    bibtex: str


def cite_board(title: str, state: str | None) -> Citation:
    """Cite the leaderboard `title`, whose newest record was made on `state` (ISO 8601); None where it has no record.

    Without its address, which the page adds: the BibTeX entry is left open for it.
    """
    year = None if state is None else state[:4]
    as_of = "" if state is None else f" As of {state[:10]}."
    lines = [
        f"@misc{{pwc-bench-{slugify(title)},",
        f"  title  = {{{{{_plain(title)}}}: claims and measurements}},",
        "  author = {{The pwc-bench developers}},",
        *([] if year is None else [f"  year   = {{{year}}},"]),
        f"  note   = {{Leaderboard{'' if state is None else f', as of {state[:10]}'}}},",
    ]
    return Citation(f"The pwc-bench developers: {title}, claims and measurements.{as_of}", "\n".join(lines))


def cite_record(title: str, record: Record) -> Citation:
    """Cite the record `title` ("ConViT-S on ImageNet-1k"), without its address, which the page adds.

    The BibTeX entry is left open for it.
    """
    day = record.started[:10]
    made_on = f"measured on {Machine.of(record.environment).text}, on {day}"
    lines = [
        f"@misc{{pwc-bench-record-{record.id[:16]},",
        f"  title  = {{{{{_plain(title)}}}}},",
        "  author = {{The pwc-bench developers}},",
        f"  year   = {{{day[:4]}}},",
        f"  note   = {{Record {record.id[:16]}, {_plain(made_on)}}},",
    ]
    return Citation(f"The pwc-bench developers: {title}, {made_on}. Record {record.id[:16]}.", "\n".join(lines))


def _plain(text: str) -> str:
    """Return text in which LaTeX finds no command."""
    return _SPECIAL.sub(lambda found: _NAMED.get(found[0], f"\\{found[0]}"), text)
