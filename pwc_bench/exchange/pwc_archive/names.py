"""The archive's names for what we know under a key of our own. Declared, never guessed: another name stays itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pwc_bench.claims.comparability import is_possible
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.links import board_path
from pwc_bench.core.metric import Metric
from pwc_bench.core.text_forms import slugify

METRICS = {
    "Top 1 Accuracy": "top1",
    "Top 5 Accuracy": "top5",
    "GFLOPs": "gflops",
    "Number of params": "parameters",
}
"""The archive's names of metrics that mean exactly what ours do."""
_PARAMETERS = re.compile(
    r"(?:#|number of |num\.? |no\. of |model )?(?:params?\.?|parameters?)(?: count)?"
    r"(?: ?[(\[]([KMB]|thousands?|millions?|billions?)[)\]])?",
    re.IGNORECASE,
)
"""How tables call the number of parameters, and the unit that such a name may state: "#Params", "Params (M)"."""
_LEAST_MISPRINT = 1_000_000
"""A column of millions that prints so great a number prints plain counts: no model has 10^12 parameters."""

Board = tuple[str, str]
"""A task's slug and a data set's key."""


@dataclass(frozen=True)
class Names:
    """What an archive of ours knows by another name."""

    datasets: Mapping[str, str] = field(default_factory=dict)
    """The slug of a title -> our key: "imagenet" -> "imagenet-1k"."""
    papers: Mapping[str, str] = field(default_factory=dict)
    """An arXiv number or the slug of a title -> a paper's slug."""
    variants: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(paper's slug, model's title) -> the key of a variant."""
    boards: Mapping[str, Board] = field(default_factory=dict)
    """The address of a leaderboard -> what it is about: another one has no room there."""
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    """The metrics that we measure, by key: what they cannot be is refused."""

    @staticmethod
    def of(archive: Archive) -> "Names":
        """Collect the names of `archive`. A variant's title counts in the papers that claim something of it."""
        datasets: dict[str, str] = {}
        for card in archive.datasets():
            datasets[slugify(card.title)] = card.key
            datasets.setdefault(slugify(card.key), card.key)
        papers: dict[str, str] = {}
        for paper in archive.papers():
            papers[slugify(paper.title)] = paper.slug
            papers.setdefault(slugify(paper.slug), paper.slug)
            if paper.arxiv:
                papers[paper.arxiv] = paper.slug
        variants: dict[tuple[str, str], str] = {}
        boards: dict[Board, str] = {}
        for claim in archive.claims():
            if claim.variant:
                variants[claim.paper, claim.model] = claim.variant
            if (claim.task, claim.dataset) not in boards:
                boards[claim.task, claim.dataset] = board_path(claim.task, claim.dataset)
        at = {path: board for board, path in boards.items()}
        return Names(datasets, papers, variants, at, archive.catalogue.metrics)

    def dataset(self, title: str) -> str:
        """Return the key of a data set."""
        slug = slugify(title)
        return self.datasets.get(slug, slug)

    def is_possible(self, claim: Claim) -> bool:
        """Tell whether a claim is a value that its metric can have, as far as we know."""
        metric = self.metrics.get(claim.metric)
        return metric is None or is_possible(metric, claim)

    def metric(self, name: str) -> str:
        """Return the key of a metric that we measure, else the name as it is."""
        return "parameters" if _parameters(name) else METRICS.get(name, name)

    def unit(self, name: str, number: str) -> str:
        """Return the unit that a metric's name states for a number without one; "" where it states none."""
        if METRICS.get(name) == "gflops":
            return "GFLOPs"
        found = _parameters(name)
        stated = found[1][0].upper().replace("T", "K") if found and found[1] else ""
        return "" if float(number.replace(",", "")) >= _LEAST_MISPRINT else stated


@lru_cache(4096)
def _parameters(name: str) -> re.Match[str] | None:
    return _PARAMETERS.fullmatch(" ".join(name.split()).replace("# ", "#"))
