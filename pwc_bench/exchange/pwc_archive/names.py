"""The archive's names for what we know under a key of our own. Declared, never guessed: another name stays itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.comparability import is_possible
from pwc_bench.core.metric import Metric
from pwc_bench.core.slug import slugify
from pwc_bench.views.links import board_path

__all__ = ["METRICS", "Names"]

METRICS = {
    "Top 1 Accuracy": "top1",
    "Top 5 Accuracy": "top5",
    "GFLOPs": "gflops",
    "Number of params": "parameters",
}
"""The archive's names of metrics that mean exactly what ours do."""
UNITS = {"gflops": "GFLOPs"}
"""The unit that a name itself states. Every other unit counts only where it is printed behind the number."""

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
        return METRICS.get(name, name)
