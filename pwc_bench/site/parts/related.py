"""Papers that belong beside each other: by the tasks and methods that they share, and by words that few others use."""

import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Method, Paper, RelatedPaper
from pwc_bench.core.links import paper_path, root_of, safe_url, title_search_url

_MOST_RELATED = 8
_MOST_WORDS = 6
"""A paper is known by its rarest so many words."""
_MOST_SHARING = 100
"""A word or method that more papers share says too little to look through all of them."""
_MOST_KNOWN_TOPICS = 3
_READ_CHARACTERS = 240
"""So much of an abstract is read: it says there what it is about, and an archive holds hundreds of thousands."""
_WORD = re.compile(r"[a-z][a-z0-9]{3,}")

# A feature is a word, or a topic's slug behind a mark that no word holds.
_TASK, _METHOD = "task/", "method/"
_METHOD_WEIGHT = 1.5
"""What a shared method counts beside a task or a word, times the logarithm of how rare it is."""


class Related(NamedTuple):
    """A paper beside another one. A named tuple is made sooner than a dataclass, and each paper has eight."""

    slug: str
    title: str
    date: str
    tasks: tuple[str, ...]
    """Slugs of the tasks that both are about."""
    methods: tuple[str, ...]
    """Slugs of the methods that both use."""


class RelatedPapers:
    """Finds the papers nearest to each. Reads the archive twice, and keeps of each paper a title and a few features.

    The likeness of two papers is the sum, over all features that they share, of log(papers / papers that have it).
    """

    def __init__(self, archive: Archive) -> None:
        counts: Counter[str] = Counter()
        for paper in archive.papers():
            counts.update({*_topics(paper), *_words(paper)})
        self._papers = tuple(_Entry(p.slug, p.title, p.date, _telling(p, counts)) for p in archive.papers())
        self._places = {entry.slug: place for place, entry in enumerate(self._papers)}
        self._sharing: dict[str, list[int]] = {}
        for place, entry in enumerate(self._papers):  # newest first
            for feature in entry.features:
                sharing = self._sharing.setdefault(feature, [])
                if len(sharing) < _MOST_SHARING:
                    sharing.append(place)
        self._weights = {feature: _weight(feature, len(self._papers) / counts[feature]) for feature in self._sharing}

    def of(self, slug: str) -> tuple[Related, ...]:
        """Return the nearest papers, the nearest first; of equally near ones the newer first."""
        own = self._places.get(slug)
        if own is None:
            return ()
        features = self._papers[own].features
        scores: dict[int, float] = {}
        for feature in features:
            weight = self._weights[feature]
            for place in self._sharing[feature]:
                scores[place] = scores.get(place, 0.0) - weight
        scores.pop(own, None)
        # Of some hundred papers eight are wanted: only those as near as the eighth are put in order.
        limit = max(sorted(scores.values())[:_MOST_RELATED], default=0.0)
        nearest = sorted((score, place) for place, score in scores.items() if score <= limit)
        own_features = frozenset(features)
        return tuple(_related(own_features, self._papers[place]) for _, place in nearest[:_MOST_RELATED])


class _Entry(NamedTuple):
    slug: str
    title: str
    date: str
    features: tuple[str, ...]


def _related(features: frozenset[str], other: _Entry) -> Related:
    shared = [feature for feature in other.features if feature in features]
    tasks = [feature.removeprefix(_TASK) for feature in shared if feature.startswith(_TASK)]
    methods = [feature.removeprefix(_METHOD) for feature in shared if feature.startswith(_METHOD)]
    known = _MOST_KNOWN_TOPICS
    return Related(other.slug, other.title, other.date, tuple(tasks[:known]), tuple(methods[:known]))


def _telling(paper: Paper, counts: Counter[str]) -> tuple[str, ...]:
    """Return what a paper is known by: its tasks, its methods, and its rarest words that another paper uses too."""
    words = [(count, word) for word in set(_words(paper)) if 1 < (count := counts[word]) <= _MOST_SHARING]
    return (*_topics(paper), *(word for _, word in sorted(words)[:_MOST_WORDS]))


def _weight(feature: str, rarity: float) -> float:
    return (_METHOD_WEIGHT if feature.startswith(_METHOD) else 1.0) * math.log1p(rarity)


def _topics(paper: Paper) -> Iterator[str]:
    for slug in dict.fromkeys(paper.tasks):
        yield sys.intern(_TASK + slug)
    for slug in dict.fromkeys(paper.methods):
        yield sys.intern(_METHOD + slug)


def _words(paper: Paper) -> list[str]:
    return _WORD.findall(f"{paper.title} {paper.abstract[:_READ_CHARACTERS]}".lower())


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
