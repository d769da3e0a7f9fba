"""An archive that answers from memory what pages ask again and again."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TypeVar

from pwc_bench.core.archive import Archive, Campaign, Catalogue, matching_claims, matching_records
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Scope
from pwc_bench.core.record import Record

Value = TypeVar("Value")

MOST_PAPERS = 20_000
"""So many papers are held, some 3 kB each; where there are more, they stream from the archive each time."""
MOST_RECORDS = 2000
"""So many records are held, some 20 kB each; where there are more, each question goes to the archive."""


@dataclass
class HeldArchive:
    """Reads `source` once. Claims (some 300 bytes each), tasks, data sets and methods are held in any number."""

    source: Archive

    @cached_property
    def catalogue(self) -> Catalogue:
        """Return the declared variants, data sets and metrics."""
        return self.source.catalogue

    def fingerprint(self) -> str:
        """Return the source's."""
        return self.source.fingerprint()

    def entities(self, most: int) -> int:
        """Return how many things have a page of their own, counted no further than `most`.

        Other processes wait for this number, so papers are not read whole for it.
        """
        papers = sum(1 for _ in islice(self.source.papers(), most))
        if papers >= most:
            return most
        records = MOST_RECORDS if self._records is None else len(self._records)
        return min(most, papers + records + len(self._tasks) + len(self._datasets) + len(self._methods))

    def papers(self) -> Iterator[Paper]:
        """Stream the papers, newest first."""
        return self.source.papers() if self._papers is None else iter(self._papers)

    def tasks(self) -> Iterator[Task]:
        """Stream the tasks by title."""
        return iter(self._tasks)

    def datasets(self) -> Iterator[DatasetCard]:
        """Stream the data sets that knowledge describes, by title."""
        return iter(self._datasets)

    def methods(self) -> Iterator[Method]:
        """Stream the methods by title."""
        return iter(self._methods)

    def claims(
        self,
        *,
        paper: str | None = None,
        variant: str | None = None,
        dataset: str | None = None,
        metric: str | None = None,
    ) -> Iterator[Claim]:
        """Stream the claims that match all given values, in the order of their source."""
        if paper is not None:
            found: Iterable[Claim] = self._by_paper.get(paper, ())
        elif variant is not None:
            found = self._by_variant.get(variant, ())
        elif dataset is not None:
            found = self._by_dataset.get(dataset, ())
        else:
            found = self._claims
        if metric is None and [paper, variant, dataset].count(None) >= 2:  # what was looked up is the answer
            return iter(found)
        return matching_claims(found, variant=variant, dataset=dataset, metric=metric)

    def records(
        self,
        *,
        variant: str | None = None,
        dataset: str | None = None,
        scope: Scope | None = None,
        campaign: str | None = None,
    ) -> Iterator[Record]:
        """Stream the records that match all given values, newest first."""
        if self._records is None:
            return self.source.records(variant=variant, dataset=dataset, scope=scope, campaign=campaign)
        found: Iterable[Record] = self._records
        if variant is not None:
            found = self._records_by_variant.get(variant, ())
        elif dataset is not None:
            found = self._records_by_dataset.get(dataset, ())
        return matching_records(found, variant=variant, dataset=dataset, scope=scope, campaign=campaign)

    def campaigns(self) -> Iterator[Campaign]:
        """Stream the campaigns, newest first."""
        return iter(self._campaigns)

    def dataset_keys(self) -> frozenset[str]:
        """Return the keys of the data sets that claims and records are of."""
        return self._dataset_keys

    def variant_keys(self) -> frozenset[str]:
        """Return the keys of the variants that claims and records are of."""
        return self._variant_keys

    def predictions(self, record: Record) -> PredictionBatch | None:
        """Read the per-image results behind a record whole; None where there are none."""
        return self.source.predictions(record)

    def absent_predictions(self, record: Record) -> str | None:
        """Return why `predictions` finds none, as one sentence; None where it does."""
        return self.source.absent_predictions(record)

    def predictions_file(self, record: Record, most_bytes: int) -> bytes | None:
        """Return the file behind them as it is; None where there is none, or it is larger."""
        return self.source.predictions_file(record, most_bytes)

    @cached_property
    def _papers(self) -> tuple[Paper, ...] | None:
        found = tuple(islice(self.source.papers(), MOST_PAPERS + 1))
        return found if len(found) <= MOST_PAPERS else None

    @cached_property
    def _tasks(self) -> tuple[Task, ...]:
        return tuple(self.source.tasks())

    @cached_property
    def _datasets(self) -> tuple[DatasetCard, ...]:
        return tuple(self.source.datasets())

    @cached_property
    def _methods(self) -> tuple[Method, ...]:
        return tuple(self.source.methods())

    @cached_property
    def _campaigns(self) -> tuple[Campaign, ...]:
        return tuple(self.source.campaigns())

    @cached_property
    def _dataset_keys(self) -> frozenset[str]:
        return self.source.dataset_keys()

    @cached_property
    def _variant_keys(self) -> frozenset[str]:
        return self.source.variant_keys()

    @cached_property
    def _records(self) -> tuple[Record, ...] | None:
        found = tuple(islice(self.source.records(), MOST_RECORDS + 1))
        return found if len(found) <= MOST_RECORDS else None

    @cached_property
    def _records_by_variant(self) -> Mapping[str, list[Record]]:
        return _grouped((record.variant, record) for record in self._records or ())

    @cached_property
    def _records_by_dataset(self) -> Mapping[str, list[Record]]:
        return _grouped((record.dataset, record) for record in self._records or () if record.dataset is not None)

    @cached_property
    def _claims(self) -> tuple[Claim, ...]:
        return tuple(map(_interned, self.source.claims()))

    @cached_property
    def _by_paper(self) -> Mapping[str, list[Claim]]:
        return _grouped((claim.paper, claim) for claim in self._claims)

    @cached_property
    def _by_variant(self) -> Mapping[str, list[Claim]]:
        return _grouped((claim.variant, claim) for claim in self._claims if claim.variant is not None)

    @cached_property
    def _by_dataset(self) -> Mapping[str, list[Claim]]:
        return _grouped((claim.dataset, claim) for claim in self._claims)


def _grouped(pairs: Iterable[tuple[str, Value]]) -> Mapping[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _interned(claim: Claim) -> Claim:
    """Let claims share the names that stand in many of them."""
    return replace(
        claim,
        paper=sys.intern(claim.paper),
        task=sys.intern(claim.task),
        dataset=sys.intern(claim.dataset),
        metric=sys.intern(claim.metric),
        unit=sys.intern(claim.unit),
        source=sys.intern(claim.source),
    )
