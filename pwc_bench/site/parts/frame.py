"""What surrounds every page: title, navigation, breadcrumb, footer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pwc_bench.core.links import Link, relative, root_of
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.citation import LinkedData

SITE_TITLE = "pwc-bench"
SITE_LINE = "What papers claim, and what we measure. Side by side, with the evidence."

_NAV = (
    ("Tasks", "tasks/index.html"),
    ("SotA", "sota/index.html"),
    ("Datasets", "datasets/index.html"),
    ("Papers", "papers/index.html"),
    ("Methods", "methods/index.html"),
    ("Submit", "submit/index.html"),
    ("About", "about/index.html"),
)
_FOOTER = (
    (
        "Explore",
        (
            ("Notable Benchmarks", "index.html#benchmarks"),
            ("All SotA", "sota/index.html"),
            ("Datasets", "datasets/index.html"),
            ("Papers", "papers/index.html"),
            ("Methods", "methods/index.html"),
            ("Compare Models", "compare/index.html"),
        ),
    ),
    ("Community", (("Submit Results", "submit/index.html"), ("About", "about/index.html"))),
)

_TARGETS = frozenset(to.partition("#")[0] for links in (_NAV, *(links for _, links in _FOOTER)) for _, to in links)


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the top navigation."""

    text: str
    href: str
    current: str | None
    """The value of aria-current: "page" on the entry's own page, "true" below it, None elsewhere."""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb; the last one has no address."""

    text: str
    href: str | None


@dataclass(frozen=True, slots=True)
class FooterGroup:
    """A titled group of links."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything that `base.html` needs."""

    path: str
    root: str
    """"../../" and the like: put before a path relative to the site's root."""
    title: str
    description: str
    site_title: str
    site_line: str
    nav: tuple[NavItem, ...]
    crumbs: tuple[Crumb, ...]
    footer: tuple[FooterGroup, ...]
    linked_data: LinkedData | None = None
    """What the page is about, in schema.org's words."""


def make_frame(
    path: str,
    *,
    title: str,
    description: str,
    section: str | None = None,
    crumbs: Sequence[tuple[str, str | None]] = (),
    linked_data: LinkedData | None = None,
) -> Frame:
    """Return the frame of the page at `path`.

    `section` is the text of the navigation entry to which the page belongs ("Papers"). `crumbs` are texts with paths
    relative to the site's root, None for the page itself.
    """
    return Frame(
        path=path,
        root=root_of(path),
        title=title,
        description=shorten(description, 200),
        site_title=SITE_TITLE,
        site_line=SITE_LINE,
        nav=_nav(path if path in _TARGETS else root_of(path), section),
        crumbs=tuple(Crumb(text, None if to is None else relative(path, to)) for text, to in crumbs),
        footer=_footer(path if path in _TARGETS else root_of(path)),
        linked_data=linked_data,
    )


# Thousands of pages share one navigation: it depends on their depth, and on a page itself only where it is a target.
@lru_cache(maxsize=256)
def _nav(place: str, section: str | None) -> tuple[NavItem, ...]:
    return tuple(NavItem(text, _from(place, to), _current(place, to, text, section)) for text, to in _NAV)


@lru_cache(maxsize=256)
def _footer(place: str) -> tuple[FooterGroup, ...]:
    return tuple(
        FooterGroup(group, tuple(Link(text, _from(place, to)) for text, to in links)) for group, links in _FOOTER
    )


def _from(place: str, target: str) -> str:
    """Return the address of `target` as written at `place`: a page's path, or "../../" for any other page so deep."""
    return relative(place, target) if place in _TARGETS else f"{place}{target}"


def _current(path: str, target: str, text: str, section: str | None) -> str | None:
    if path == target:
        return "page"
    return "true" if text == section else None
