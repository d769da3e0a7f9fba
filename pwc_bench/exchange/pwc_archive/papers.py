"""The papers of the archive's rows: what each is called, when it appeared, and where it and its code lie."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pwc_bench.core.knowledge import Paper, Repository
from pwc_bench.core.text_forms import PARTIAL_DATE, slugify
from pwc_bench.exchange.pwc_archive.names import Names
from pwc_bench.exchange.pwc_archive.values import clean_text, clean_url

NO_PAPER = "pwc-archive"
"""The slug of whoever claims what a row says that names neither a paper nor an address."""

_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf)/([0-9]{4}\.[0-9]{4,5})", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+")
_LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class RowPaper:
    """The paper that a row is about."""

    slug: str
    title: str
    """"" where the row names neither a paper nor an address: then nothing is published but the row."""
    day: str
    """When it appeared (ISO 8601), the month alone where only an arXiv number tells it; "" where nothing does."""
    result_day: str | None
    """When the row's result appeared, where that is not said of the paper."""
    url: str | None
    arxiv: str | None
    repositories: tuple[Repository, ...]


class RowPapers:
    """Names the papers of one file's rows, each once, and gathers the code that its rows link."""

    def __init__(self, names: Names) -> None:
        self._slugs = dict(names.papers)
        self._said: set[str] = set()
        """Slugs that an earlier task of the file described."""

    def of(self, row: Mapping[str, Any], own_slug: str | None) -> RowPaper:
        """Read what a row says of its paper; `own_slug` is that of an export of ours.

        A title that is nothing but an address names no paper: its arXiv number does, else host and path, as they do
        where there is no title at all. A row that links code alone is about that. The date of such a row is that of its
        result: tables of results that link an older paper have their own.
        """
        title, url = clean_text(row.get("paper_title")), clean_url(row.get("paper_url"))
        repositories = tuple(_repositories(row))
        if not any(letter.isalnum() for letter in _ADDRESS.sub("", title)):
            found = _ADDRESS.search(title)
            url = url or (clean_url(found[0]) if found else None)
            url = url or (repositories[0].url if repositories and own_slug is None else None)
            title = ""
        arxiv = found[1] if (found := _ARXIV.search(url or "")) else None
        day, month = day_of(row) or "", _month(arxiv)
        if title or own_slug is not None:
            slug, title = self._named(title, url, arxiv) if own_slug is None else (own_slug, title)
            return RowPaper(slug, title, day or month, None, url, arxiv, repositories)
        slug, title = self._named(title, url, arxiv)
        return RowPaper(slug, title, month or day, day or None, url, arxiv, repositories)

    def describe(self, paper: RowPaper, task: str, papers: dict[str, Paper]) -> None:
        """Add a paper to those of the task at hand, or what a further row says of it: code, another task."""
        known = papers.get(paper.slug)
        if known is not None:
            code = {entry.url: entry for entry in (*known.repositories, *paper.repositories)}
            tasks = tuple(dict.fromkeys((*known.tasks, task)))
            day = min(filter(None, (known.date, paper.day)), default="")
            papers[paper.slug] = replace(known, date=day, tasks=tasks, repositories=tuple(code.values()))
        elif paper.title and paper.slug not in self._said:
            self._said.add(paper.slug)
            papers[paper.slug] = Paper(
                paper.slug,
                paper.title,
                (),
                paper.day,
                "",
                tasks=(task,),
                arxiv=paper.arxiv,
                url=paper.url,
                repositories=paper.repositories,
            )

    def _named(self, title: str, url: str | None, arxiv: str | None) -> tuple[str, str]:
        """Return slug and title; a paper that is known by its arXiv number or its title keeps its slug."""
        if not title and url is None:
            return NO_PAPER, ""
        if title:
            slug = slugify(title)[:_LONGEST_SLUG].strip("-")
        else:
            title = f"arXiv {arxiv}" if arxiv else _place(url or "")
            slug = _address_slug(title)
        slug = self._slugs.get(arxiv or "") or self._slugs.get(slug, slug)
        if arxiv:
            self._slugs.setdefault(arxiv, slug)
        return slug, title


def day_of(row: Mapping[str, Any]) -> str | None:
    """Return a row's date, which may lack its day; None where it has none."""
    said = str(row.get("paper_date"))
    try:
        return date.fromisoformat(said[:10]).isoformat()
    except ValueError:
        return said if PARTIAL_DATE.fullmatch(said) else None


def _repositories(row: Mapping[str, Any]) -> Iterator[Repository]:
    """Yield the places with code that a row links, each once; the archive does not say whose they are."""
    links = row.get("code_links")
    found = (
        [clean_url(link.get("url")) for link in links if isinstance(link, Mapping)] if isinstance(links, list) else []
    )
    for url in dict.fromkeys(found):
        if url is not None:
            yield Repository(url)


def _month(arxiv: str | None) -> str:
    """Return the month that an arXiv number begins with: "2104.09376" is of 2021-04."""
    month = f"20{arxiv[:2]}-{arxiv[2:4]}" if arxiv else ""
    return month if PARTIAL_DATE.fullmatch(month) else ""


def _place(url: str) -> str:
    """Return an address as people write it: "senseforth.ai", "openreview.net/forum?id=r1lGO0EKDH"."""
    return url.partition("://")[2].partition("#")[0].removeprefix("www.").rstrip("/")


def _address_slug(place: str) -> str:
    slug = slugify(place)
    if len(slug) <= _LONGEST_SLUG:
        return slug
    return f"{slug[:_LONGEST_SLUG].rstrip('-')}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
