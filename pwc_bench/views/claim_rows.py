"""Claims as rows of a paper's tables: what was published, and what we measured of the same thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.links import Link, relative, task_path
from pwc_bench.views.answers import Answers
from pwc_bench.views.board_keys import dataset_title
from pwc_bench.views.comparison import Comparison, aligned_comparisons, compare_claim, unmeasured_comparison
from pwc_bench.views.record_naming import Names


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim with everything that stands beside it."""

    task: Link
    dataset: Link
    """The data set's title, with the leaderboard that the claim stands on."""
    metric: str
    """The metric's title and unit: "Top-1 accuracy, %"."""
    model: str
    model_href: str | None
    conditions: str | None
    comparison: Comparison
    is_like_above: bool = False
    """Whether task, data set and metric are those of the row above: a table then need not say them again."""


class ClaimDesk:
    """Makes rows for the page at `path`; reads the records of each data set and variant once."""

    def __init__(self, archive: Archive, path: str, names: Names, task_titles: Mapping[str, str]) -> None:
        self._archive = archive
        self._path = path
        self._names = names
        self._task_titles = task_titles
        self.answers = Answers(archive)
        """Knows which record answers which claim."""

    def row(self, claim: Claim) -> ClaimRow:
        """Set a claim beside our measurement."""
        metric = self._archive.catalogue.metrics.get(claim.metric)
        title = claim.metric if metric is None else metric.title
        unit = claim.unit if metric is None else metric.display.unit
        return ClaimRow(
            task=Link(self._task_titles.get(claim.task, claim.task), relative(self._path, task_path(claim.task))),
            dataset=Link(
                dataset_title(self._names, claim.dataset),
                relative(self._path, self._names.board_path(claim.task, claim.dataset)),
            ),
            metric=title if unit in {"", title} else f"{title}, {unit}",
            model=claim.model,
            model_href=None if claim.variant is None else relative(self._path, self._names.model_path(claim.variant)),
            conditions=_conditions(claim),
            comparison=self._comparison(claim),
        )

    def rows(self, claims: Sequence[Claim]) -> tuple[ClaimRow, ...]:
        """Set claims beside our measurements, decimal points aligned within each metric."""
        return align_claim_rows([self.row(claim) for claim in claims])

    def _comparison(self, claim: Claim) -> Comparison:
        metric = self._archive.catalogue.metrics.get(claim.metric)
        if metric is None:
            return unmeasured_comparison(claim)
        if claim.variant is None:
            return compare_claim(metric, (claim,), None, path=self._path)
        current = self.answers.current(claim.variant, claim.dataset)
        return compare_claim(
            metric,
            (claim,),
            current.answer(claim),
            path=self._path,
            variant=self._archive.catalogue.variants.get(claim.variant),
            failure=current.failure(claim.variant, metric),
            ratios=self.answers.ratios,
        )


def _conditions(claim: Claim) -> str | None:
    """Return what sets a claim apart from others of its model, the training data too."""
    data = "additional training data" if claim.uses_additional_data else None
    return ", ".join(filter(None, (claim.conditions, data))) or None


def align_claim_rows(rows: Sequence[ClaimRow]) -> tuple[ClaimRow, ...]:
    """Stand the decimal points below each other within each run of rows about the same metric; mark what repeats."""
    found: list[ClaimRow] = []
    for _, run in groupby(rows, key=lambda row: row.metric):
        group = list(run)
        above: ClaimRow | None = None
        for row, cell in zip(group, aligned_comparisons([row.comparison for row in group]), strict=True):
            is_like_above = above is not None and (row.task, row.dataset) == (above.task, above.dataset)
            found.append(replace(row, comparison=cell, is_like_above=is_like_above))
            above = row
    return tuple(found)
