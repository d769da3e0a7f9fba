"""Papers that belong beside each other, as lines of a paper's page."""

from collections.abc import Mapping
from typing import NamedTuple

from pwc_bench.core.knowledge import Method, Paper, RelatedPaper
from pwc_bench.core.links import paper_path, root_of, safe_url, title_search_url
from pwc_bench.views.related import Related, RelatedPapers


class RelatedLine(NamedTuple):
    """A related paper."""

    title: str
    date: str
    href: str
    is_search: bool
    """Whether the link leads to a search for the title, because the address is not known."""
    shared: str
    """What both are about: "Image Classification, GPSA"; "" where only their words say that they belong together."""


def related_lines(
    paper: Paper, path: str, relatives: RelatedPapers, titles: Mapping[str, str], methods: Mapping[str, Method]
) -> tuple[RelatedLine, ...]:
    """Return the papers of this archive that are near to it, then those that somebody listed."""
    near = {related.title.casefold(): related for related in relatives.of(paper.slug)}
    root = root_of(path)
    own = (_near(related, root, titles, methods) for related in near.values())
    listed = (_listed(related) for related in paper.related if related.title.casefold() not in near)
    return (*own, *listed)


def _near(related: Related, root: str, titles: Mapping[str, str], methods: Mapping[str, Method]) -> RelatedLine:
    tasks = (titles.get(slug, slug) for slug in related.tasks)
    shared = ", ".join((*tasks, *(methods[slug].title for slug in related.methods if slug in methods)))
    return RelatedLine(related.title, related.date, root + paper_path(related.slug), is_search=False, shared=shared)


def _listed(related: RelatedPaper) -> RelatedLine:
    address = safe_url(related.url)
    href = address or title_search_url(related.title)
    return RelatedLine(related.title, related.date, href, is_search=address is None, shared="")
