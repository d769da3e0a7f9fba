"""A paper's claims in the order in which its page shows them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pwc_bench.claims.answers import Answers, Tally
from pwc_bench.claims.naming import Names, dataset_title
from pwc_bench.claims.numbers import printed_number
from pwc_bench.core.archive import Archive
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import Paper
from pwc_bench.core.links import Link, relative, task_path
from pwc_bench.site.parts.comparison import Comparison, aligned_comparisons, compare_claim, unmeasured_comparison
from pwc_bench.site.parts.convention_table import ConventionTable, convention_tables


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


_METRIC_ORDER = ("gflops", "top1", "top5", "parameters", "throughput")
_STATES = ("reproduced", "above", "below", "not-comparable", "not-measured")


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Claims that are shown in one table."""

    title: str
    rows: tuple[ClaimRow, ...]


@dataclass(frozen=True, slots=True)
class PaperResults:
    """All that is claimed in a paper, and of its models."""

    own: tuple[ClaimRow, ...]
    """What the paper claims of its own models: by metric, greatest value first."""
    standing: tuple[tuple[str, str, str], ...]
    """How many claims stand how, after the end of the style's class: ("not-measured", "not measured yet", "3")."""
    tally: str
    """The same as a sentence about all of them: "13 of 30 claims reproduced; 12 not measured yet"."""
    own_weights: str | None
    """How many of them were judged by a file of the user's own; None where none was."""
    baselines: tuple[ClaimRow, ...]
    """What the paper claims of other models that we know."""
    others: tuple[ClaimRow, ...]
    """What it claims of models that we do not know, under no conditions of their own: all that most papers claim."""
    further: tuple[ClaimGroup, ...]
    """What it claims under conditions that we do not measure, by table."""
    by_others: tuple[ClaimRow, ...]
    """What others found with its models."""
    conventions: tuple[ConventionTable, ...] = ()
    """Which convention of counting prints which of its own claims."""
    baseline_conventions: tuple[ConventionTable, ...] = ()
    """The same of its baselines."""


_NO_RESULTS = PaperResults(
    own=(), standing=(), tally="", own_weights=None, baselines=(), others=(), further=(), by_others=()
)


def paper_results(
    archive: Archive, paper: Paper, path: str, names: Names, task_titles: Mapping[str, str]
) -> PaperResults:
    """Gather a paper's claims for the page at `path`."""
    of_paper = own_variants(archive, paper)
    claims = tuple(archive.claims(paper=paper.slug))
    if not claims and not of_paper:  # most papers of a large archive
        return _NO_RESULTS
    desk = ClaimDesk(archive, path, names, task_titles)
    of_variants = [claim for claim in claims if claim.variant is not None]
    unknown = [claim for claim in claims if claim.variant is None]
    own = [claim for claim in of_variants if not of_paper or claim.variant in of_paper]
    baselines = [claim for claim in of_variants if of_paper and claim.variant not in of_paper]
    rows = desk.rows(_ordered(own))
    metrics = archive.catalogue.metrics
    return PaperResults(
        own=rows,
        standing=_standing(rows),
        tally=tally_of(rows).whole_text if rows else "",
        own_weights=_own_weights(rows),
        baselines=desk.rows(_ordered(baselines)),
        others=desk.rows(_ordered([claim for claim in unknown if not claim.setting])),
        further=tuple(_by_source(desk, [claim for claim in unknown if claim.setting])),
        by_others=desk.rows(_by_dataset(_others(archive, paper, of_paper))),
        conventions=tuple(convention_tables(own, metrics, desk.answers.record, path, names.model_path)),
        baseline_conventions=tuple(convention_tables(baselines, metrics, desk.answers.record, path, names.model_path)),
    )


def own_variants(archive: Archive, paper: Paper) -> set[str]:
    """Return the variants of the families that the paper introduced: a family is of the paper of its first variant.

    ConViT's paper trained larger DeiTs too; they are its baselines, and DeiT is still another paper's family.
    """
    variants = archive.catalogue.variants
    if all(variant.paper != paper.slug for variant in variants.values()):
        return set()
    introduced: dict[str, str | None] = {}
    for variant in variants.values():
        introduced.setdefault(variant.family, variant.paper)
    return {key for key, variant in variants.items() if introduced[variant.family] == paper.slug}


def _others(archive: Archive, paper: Paper, of_paper: Iterable[str]) -> list[Claim]:
    found = [claim for variant in sorted(of_paper) for claim in archive.claims(variant=variant)]
    return [claim for claim in found if claim.paper != paper.slug]


def _ordered(claims: Sequence[Claim]) -> list[Claim]:
    """Order by metric, then by value, the greatest first."""
    places = {metric: place for place, metric in enumerate(_METRIC_ORDER)}

    def rank(claim: Claim) -> tuple[int, str, float, str]:
        value = float(printed_number(claim).sort or "-inf")
        return (places.get(claim.metric, len(places)), claim.metric, -value, claim.model)

    return sorted(claims, key=rank)


def _by_dataset(claims: Sequence[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: (claim.dataset, claim.source, claim.metric))


def _by_source(desk: ClaimDesk, claims: Sequence[Claim]) -> list[ClaimGroup]:
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.source, []).append(claim)
    return [ClaimGroup(source, desk.rows(found)) for source, found in groups.items()]


def tally_of(rows: Sequence[ClaimRow]) -> Tally:
    """Count how the claims of some rows stand."""
    verdicts = ((row.comparison.verdict, row.comparison.title) for row in rows)
    return Tally.of((verdict.stand, title) for verdict, title in verdicts if verdict)


def judged_machines(rows: Sequence[ClaimRow]) -> tuple[str, ...]:
    """Return the machines of the measurements by which claims of some rows were judged; "counts alone" without any.

    "NVIDIA H200, bf16, fused implementation": the reference implementation goes without saying, as everywhere.
    """
    cells = (row.comparison.measured for row in rows if row.comparison.verdict and row.comparison.verdict.rule)
    differ = (row.comparison.measured for row in rows if row.comparison.difference)
    judged = [cell for cell in (*cells, *differ) if cell is not None]
    machines = tuple(dict.fromkeys(cell.machine.text for cell in judged if not cell.is_count))
    return machines or (("counts alone",) if judged else ())


def _standing(rows: Sequence[ClaimRow]) -> tuple[tuple[str, str, str], ...]:
    verdicts = [row.comparison.verdict for row in rows if row.comparison.verdict]
    counts = Counter((verdict.state, verdict.stand) for verdict in verdicts)
    ordered = sorted(counts, key=lambda found: _STATES.index(found[0]))
    return tuple((state, stand, str(counts[state, stand])) for state, stand in ordered)


def _own_weights(rows: Sequence[ClaimRow]) -> str | None:
    count = sum(row.comparison.verdict is not None and row.comparison.verdict.by_own_weights for row in rows)
    return f"{count:,}" if count else None
