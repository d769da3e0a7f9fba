"""Long lists as numbered pages, made in one pass over a stream."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from pwc_bench.core.links import Link, relative

Item = TypeVar("Item")

PAGE_LENGTH = 200
"""Entries on one page of a list."""


@dataclass(frozen=True, slots=True)
class Slice(Generic[Item]):
    """One page of a list."""

    number: int
    """From 1."""
    path: str
    items: tuple[Item, ...]
    previous: Link | None
    following: Link | None


def list_path(section: str, number: int) -> str:
    """Return the path of a list's page: "papers/index.html", then "papers/page-2/index.html"."""
    return f"{section}/index.html" if number == 1 else f"{section}/page-{number}/index.html"


def slices(items: Iterable[Item], section: str, length: int = PAGE_LENGTH) -> Iterator[Slice[Item]]:
    """Cut a stream into pages of `length`; an empty one gives one empty page."""
    stream = iter(items)
    present, number = tuple(islice(stream, length)), 1
    while True:
        further = tuple(islice(stream, length))
        path = list_path(section, number)
        yield Slice(
            number=number,
            path=path,
            items=present,
            previous=_link(path, section, number - 1) if number > 1 else None,
            following=_link(path, section, number + 1) if further else None,
        )
        if not further:
            return
        present, number = further, number + 1


def _link(path: str, section: str, number: int) -> Link:
    return Link(f"Page {number}", relative(path, list_path(section, number)))
