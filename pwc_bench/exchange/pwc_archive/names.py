"""The archive's names for what we know under a key of our own. Declared, never guessed: another name stays itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.comparability import is_possible
from pwc_bench.core.metric import Metric
from pwc_bench.core.slug import slugify

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


@dataclass(frozen=True)
class Names:
    """What an archive of ours knows by another name."""

    datasets: Mapping[str, str] = field(default_factory=dict)
    """The slug of a title -> our key: "imagenet" -> "imagenet-1k"."""
    papers: Mapping[str, str] = field(default_factory=dict)
    """An arXiv number or the slug of a title -> a paper's slug."""
    variants: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(paper's slug, model's title) -> the key of a variant."""
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    """The metrics that we measure, by key: what they cannot be is refused."""

    @staticmethod
    def of(archive: Archive) -> "Names":
        """Collect the names of `archive`. A variant's title counts in the papers that claim something of it."""
        papers: dict[str, str] = {}
        for paper in archive.papers():
            papers[slugify(paper.slug)] = paper.slug
            papers[slugify(paper.title)] = paper.slug
            if paper.arxiv:
                papers[paper.arxiv] = paper.slug
        return Names(
            datasets={slugify(name): card.key for card in archive.datasets() for name in (card.key, card.title)},
            papers=papers,
            variants={(claim.paper, claim.model): claim.variant for claim in archive.claims() if claim.variant},
            metrics=archive.catalogue.metrics,
        )

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
