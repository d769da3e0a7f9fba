"""All methods by title."""

from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.archive import Archive
from pwc_bench.core.links import Link, method_path, relative
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.frame import Frame, make_frame
from pwc_bench.site.parts.lists import slices
from pwc_bench.site.parts.page import Page


@dataclass(frozen=True, slots=True)
class MethodCard:
    """One method of the list."""

    title: str
    href: str
    full_name: str | None
    """None where it is the title again."""
    year: str | None
    description: str


@dataclass(frozen=True, slots=True)
class MethodsPage:
    """What `methods.html` sees."""

    frame: Frame
    methods: tuple[MethodCard, ...]
    previous: Link | None
    following: Link | None


def pages(archive: Archive) -> Iterator[Page]:
    """Yield the list, in pages where it is long."""
    for part in slices(archive.methods(), "methods"):
        frame = make_frame(
            part.path,
            title="Methods" if part.number == 1 else f"Methods, page {part.number}",
            description="The building blocks of the models on this site.",
            section="Methods",
            crumbs=(("Home", "index.html"), ("Methods", None)),
        )
        cards = tuple(
            MethodCard(
                title=method.title,
                href=relative(part.path, method_path(method.slug)),
                full_name=method.full_name if method.full_name != method.title else None,
                year=None if method.introduced_year is None else str(method.introduced_year),
                description=shorten(method.description, 220),
            )
            for method in part.items
        )
        yield Page("methods", part.path, MethodsPage(frame, cards, part.previous, part.following))
