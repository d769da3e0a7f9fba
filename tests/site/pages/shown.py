"""Pages as their readers see them: rendered with the real templates, reduced to text."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from itertools import chain
from typing import Any, TypeVar

from jinja2 import Environment

from pwc_bench.core.archive import Archive, MemoryArchive
from pwc_bench.site.build.rendering import make_environment, render, templates_folder
from pwc_bench.site.parts.page import Page, PageKind
from tests.example_archive import example_catalogue

__all__ = ["HOSTILE", "bare_archive", "context_of", "html_of", "made_by", "text_of"]

Context = TypeVar("Context")

HOSTILE = '<script>alert("x")</script>' + "very-long-name-without-a-single-space-" * 12
"""A name that somebody chose to break a page."""


@cache
def _environment() -> Environment:
    return make_environment(templates_folder())


def html_of(page: Page) -> str:
    """Render a page."""
    return render(_environment(), page)


def text_of(page: Page) -> str:
    """Return the text of a page's main part, tags removed, on one line."""
    main = re.sub(r"(?s)^.*?<main|</main>.*$", "", html_of(page))
    return " ".join(unescape(re.sub(r"(?s)<[^>]*>", " ", main)).split())


def context_of(found: Iterator[Page], path: str, kind: type[Context]) -> Context:
    """Return the context of the page at `path`, which must be a `kind`."""
    context = next(page.context for page in found if page.path == path)
    assert isinstance(context, kind)
    return context


def made_by(kind: type[PageKind[Any]], archive: Archive) -> Iterator[Page]:
    """Yield the pages of a kind, as a build makes them."""
    made = kind(archive)
    yield from chain.from_iterable(map(made.pages, made.keys()))


def bare_archive() -> MemoryArchive:
    """An archive that knows variants, data sets and metrics, and nothing else."""
    return MemoryArchive(example_catalogue())
