"""How a page is cited, by people and by machines."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pwc_bench.claims.naming import DatasetTopic
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import safe_url
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


@dataclass(frozen=True, slots=True)
class LinkedData:
    """A JSON-LD document that may stand inside a script element."""

    markup: str

    def __html__(self) -> str:
        """Return the markup: this is how templates learn that it is already escaped."""
        return self.markup


_JSON = json.JSONEncoder(ensure_ascii=False)


def paper_data(paper: Paper) -> LinkedData:
    """Describe a paper as a ScholarlyArticle."""
    return _document(
        "ScholarlyArticle",
        {
            "headline": paper.title,
            "author": [{"@type": "Person", "name": name} for name in paper.authors],
            "datePublished": paper.date,
            "abstract": paper.abstract,
            "identifier": f"arXiv:{paper.arxiv}" if paper.arxiv else None,
            "publisher": paper.venue,
            "sameAs": safe_url(paper.url),
        },
    )


def dataset_data(topic: DatasetTopic) -> LinkedData:
    """Describe a data set as a Dataset."""
    card, declared = topic.card, topic.declared
    return _document(
        "Dataset",
        {
            "name": topic.title,
            "description": topic.description or f"What is claimed and measured on {topic.title}.",
            "sameAs": safe_url(card.homepage if card is not None else None),
            "license": safe_url(declared.licence) if declared is not None else None,
            "datePublished": card.introduced if card is not None else None,
        },
    )


def _document(kind: str, fields: Mapping[str, object]) -> LinkedData:
    said = {"@context": "https://schema.org", "@type": kind} | {key: value for key, value in fields.items() if value}
    text = _JSON.encode(said)
    # Inside a script element only these could end it or begin a comment; JSON writes them as escapes as well.
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return LinkedData(text)
