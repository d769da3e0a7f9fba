"""Reading built pages as a browser or a crawler would: links, ids, attributes, text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["PageFacts", "read_page"]


@dataclass
class PageFacts:
    """What a page holds."""

    links: list[str] = field(default_factory=list)
    """Every href and src."""
    ids: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    """The names of all attributes."""
    tags: list[str] = field(default_factory=list)
    text: str = ""
    inline_scripts: str = ""
    linked_data: str = ""
    """Its JSON-LD."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.facts = PageFacts()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and ("type", "application/ld+json") in attrs:
            tag = "data"  # not run, and described apart
        self._inside = tag
        self.facts.tags.append(tag)
        for name, value in attrs:
            self.facts.attributes.add(name)
            if name in {"href", "src", "xlink:href", "action", "formaction"}:
                self.facts.links.append(value or "")
            if name == "id":
                self.facts.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.facts.linked_data += data
        elif self._inside in {"script", "style"}:
            self.facts.inline_scripts += data.strip()
        else:
            self.facts.text += data


def read_page(file: Path) -> PageFacts:
    """Read one HTML file; runs of white space in its text become one space."""
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    reader.facts.text = " ".join(reader.facts.text.split())
    return reader.facts
