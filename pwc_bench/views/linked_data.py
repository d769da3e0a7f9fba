"""What a page is about, in schema.org's words, for search engines."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import safe_url
from pwc_bench.views.topics import DatasetTopic


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
