"""Everything that was claimed and measured of one variant: first the architecture, then each data set."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pwc_bench.claims.current import Current, current_records
from pwc_bench.claims.naming import Names
from pwc_bench.claims.ratios import SpeedRatios
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.links import paper_path, relative
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.selection import Usage
from pwc_bench.core.text_forms import shorten
from pwc_bench.site.parts.comparison import Comparison, aligned_comparisons, compare_claim, unmeasured_comparison


@dataclass(frozen=True, slots=True)
class StandingLine:
    """One claim beside the measurement, with who says so; or a measurement that nobody claimed."""

    comparison: Comparison
    publication: str | None
    """Who makes the claim: the paper's short title; None where there is no claim."""
    publication_href: str | None
    """The paper's page, where we hold it."""
    absent: str
    """Why there is no measurement; "" where there is one."""


@dataclass(frozen=True, slots=True)
class StandingGroup:
    """Lines about the architecture, or about one data set."""

    title: str
    href: str | None
    lines: tuple[StandingLine, ...]


@dataclass(frozen=True)
class VariantStanding:
    """Gathers the groups of one variant for one page."""

    archive: Archive
    names: Names
    paper_titles: Mapping[str, str]
    """The titles of the papers that we hold, by slug."""
    key: str
    """The variant's key, whether or not a family declares it."""
    path: str
    """The page that shows them."""
    ratios: SpeedRatios | None = None
    """Compares speeds that were claimed on other hardware."""
    usage: Callable[[], Usage] | None = None
    """Tells which settings are the usual ones where the variant was measured in several."""

    def groups(self) -> Iterator[StandingGroup]:
        """Yield the groups that hold anything; demo data sets are left out."""
        claims = tuple(self.archive.claims(variant=self.key))
        # The cost is claimed beside the accuracy on some data set, but belongs to the architecture.
        cost = tuple(self._lines(Scope.MODEL, claims, None))
        if cost:
            yield StandingGroup("Cost and speed", None, _aligned(cost))
        for dataset in self._datasets(claims):
            own = tuple(claim for claim in claims if claim.dataset == dataset)
            lines = (*self._lines(Scope.DATASET, own, dataset), *self._unknown(own))
            if lines:
                title = self.names.dataset(dataset)
                yield StandingGroup(title, relative(self.path, self.names.dataset_path(dataset)), _aligned(lines))

    def _datasets(self, claims: Sequence[Claim]) -> tuple[str, ...]:
        """Return the data sets with a claim or a record: ours in their order, then the others as they are met."""
        records = self.archive.records(variant=self.key, scope=Scope.DATASET)
        met = dict.fromkeys([claim.dataset for claim in claims])
        met |= dict.fromkeys(record.dataset for record in records if record.dataset is not None)
        ours = self.archive.catalogue.datasets
        declared = [key for key, dataset in ours.items() if key in met and not dataset.is_demo]
        return (*declared, *(key for key in met if key not in ours))

    def _lines(self, scope: Scope, claims: Sequence[Claim], dataset: str | None) -> Iterator[StandingLine]:
        current = current_records(self.archive, dataset, variant=self.key, usage=self.usage)
        for metric in self.archive.catalogue.metrics.values():
            if metric.scope is scope:
                yield from self._metric_lines(metric, claims, current)

    def _metric_lines(self, metric: Metric, claims: Sequence[Claim], current: Current) -> Iterator[StandingLine]:
        variant = self.archive.catalogue.variants.get(self.key)
        record, failure = current.record(self.key, metric.key), current.failure(self.key, metric)
        answers = [(claim, current.answer(claim)) for claim in claims if claim.metric == metric.key]
        for claim, answer in answers:
            comparison = compare_claim(
                metric, (claim,), answer, path=self.path, variant=variant, failure=failure, ratios=self.ratios
            )
            yield self._claimed(claim, comparison)
        if record is not None and all(answer is not record for _, answer in answers):
            yield StandingLine(compare_claim(metric, (), record, path=self.path, variant=variant), None, None, "")

    def _unknown(self, claims: Sequence[Claim]) -> Iterator[StandingLine]:
        for claim in claims:
            if claim.metric not in self.archive.catalogue.metrics:
                yield self._claimed(claim, unmeasured_comparison(claim))

    def _claimed(self, claim: Claim, comparison: Comparison) -> StandingLine:
        absent = comparison.absent
        if absent and not comparison.absent_link and claim.dataset not in self.archive.catalogue.datasets:
            absent = "not measured: pwc-bench cannot evaluate this data set yet"
        title = self.paper_titles.get(claim.paper)
        if title is None:
            return StandingLine(comparison, claim.paper, None, absent)
        short = shorten(title.partition(":")[0], 40)
        return StandingLine(comparison, short, relative(self.path, paper_path(claim.paper)), absent)


def _aligned(lines: Sequence[StandingLine]) -> tuple[StandingLine, ...]:
    cells = aligned_comparisons([line.comparison for line in lines])
    return tuple(replace(line, comparison=cell) for line, cell in zip(lines, cells, strict=True))
