"""Papers that belong beside each other: by the tasks and methods that they share, and by words that few others use."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from pwc_bench.core.archive import Archive
from pwc_bench.core.knowledge import Paper

__all__ = ["Related", "RelatedPapers"]

_MOST_RELATED = 8
_MOST_WORDS = 6
"""A paper is known by its rarest so many words."""
_MOST_SHARING = 100
"""A word or method that more papers share says too little to look through all of them."""
_MOST_KNOWN_TOPICS = 3
_READ_CHARACTERS = 240
"""So much of an abstract is read: it says there what it is about, and an archive holds hundreds of thousands."""
_WORD = re.compile(r"[a-z][a-z0-9]{3,}")

_TASK, _METHOD, _TEXT = "task", "method", "word"
_WEIGHTS = {_TASK: 1.0, _METHOD: 1.5, _TEXT: 1.0}
"""What a shared feature counts, times the logarithm of how rare it is."""

Feature = tuple[str, str]
"""What kind it is, and the slug or the word."""


@dataclass(frozen=True, slots=True)
class Related:
    """A paper beside another one."""

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
        self._counts: Counter[Feature] = Counter()
        for paper in archive.papers():
            self._counts.update(set(_features(paper)))
        self._papers = tuple(_Entry(p.slug, p.title, p.date, self._telling(p)) for p in archive.papers())
        self._places = {entry.slug: place for place, entry in enumerate(self._papers)}
        self._sharing: dict[Feature, list[int]] = {}
        for place, entry in enumerate(self._papers):
            for feature in entry.features:
                self._sharing.setdefault(feature, []).append(place)

    def of(self, slug: str) -> tuple[Related, ...]:
        """Return the nearest papers, the nearest first; of equally near ones the newer first."""
        own = self._places.get(slug)
        if own is None:
            return ()
        scores: dict[int, float] = {}
        for feature in self._papers[own].features:
            weight = self._weight(feature)
            for place in self._sharing[feature][:_MOST_SHARING]:  # newest first
                scores[place] = scores.get(place, 0.0) - weight
        scores.pop(own, None)
        nearest = nsmallest(_MOST_RELATED, zip(scores.values(), scores, strict=True))
        return tuple(self._related(own, place) for _, place in nearest)

    def _related(self, own: int, other: int) -> Related:
        entry = self._papers[other]
        shared = [feature for feature in self._papers[own].features if feature in entry.features]
        tasks = [name for kind, name in shared if kind == _TASK]
        methods = [name for kind, name in shared if kind == _METHOD]
        return Related(
            entry.slug, entry.title, entry.date, tuple(tasks[:_MOST_KNOWN_TOPICS]), tuple(methods[:_MOST_KNOWN_TOPICS])
        )

    def _telling(self, paper: Paper) -> tuple[Feature, ...]:
        """Return what a paper is known by: its tasks, its methods, and its rarest words that another paper uses too."""
        features = dict.fromkeys(_features(paper))
        words = [f for f in features if f[0] == _TEXT and 1 < self._counts[f] <= _MOST_SHARING]
        rarest = sorted(words, key=lambda feature: (self._counts[feature], feature))[:_MOST_WORDS]
        return (*(feature for feature in features if feature[0] != _TEXT), *rarest)

    def _weight(self, feature: Feature) -> float:
        return _WEIGHTS[feature[0]] * math.log1p(len(self._papers) / self._counts[feature])


@dataclass(frozen=True, slots=True)
class _Entry:
    slug: str
    title: str
    date: str
    features: Sequence[Feature]


def _features(paper: Paper) -> list[Feature]:
    words = _WORD.findall(f"{paper.title} {paper.abstract[:_READ_CHARACTERS]}".lower())
    return [
        *((_TASK, slug) for slug in paper.tasks),
        *((_METHOD, slug) for slug in paper.methods),
        *((_TEXT, word) for word in words),
    ]
