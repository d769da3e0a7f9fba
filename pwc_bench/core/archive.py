"""The read model: what is asked of records, claims and knowledge, wherever they are kept."""

import hashlib
import heapq
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from pwc_bench.core.claim import Claim
from pwc_bench.core.dataset import Dataset
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Metric, Scope
from pwc_bench.core.record import Record
from pwc_bench.core.variant import Variant


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Variants, data sets and metrics by key, in the order in which they are shown."""

    variants: Mapping[str, Variant]
    datasets: Mapping[str, Dataset]
    metrics: Mapping[str, Metric]


@dataclass(frozen=True, slots=True)
class Campaign:
    """One `run` and what it left behind."""

    name: str
    started: str
    """The start of its first record, UTC, ISO 8601."""
    records: int
    """How many records it holds."""
    note: str | None = None


class Archive(Protocol):
    """Reads records and knowledge. Every iterator streams; orders are stable between two reads."""

    @property
    def catalogue(self) -> Catalogue:
        """Return the declared variants, data sets and metrics."""
        ...

    def papers(self) -> Iterator[Paper]:
        """Stream the papers, newest first."""
        ...

    def tasks(self) -> Iterator[Task]:
        """Stream the tasks by title."""
        ...

    def datasets(self) -> Iterator[DatasetCard]:
        """Stream the data sets that knowledge describes, by title."""
        ...

    def methods(self) -> Iterator[Method]:
        """Stream the methods by title."""
        ...

    def claims(
        self,
        *,
        paper: str | None = None,
        variant: str | None = None,
        dataset: str | None = None,
        metric: str | None = None,
    ) -> Iterator[Claim]:
        """Stream the claims that match all given values, in the order of their source."""
        ...

    def records(
        self,
        *,
        variant: str | None = None,
        dataset: str | None = None,
        scope: Scope | None = None,
        campaign: str | None = None,
    ) -> Iterator[Record]:
        """Stream the records that match all given values, newest first; Scope.MODEL: those without a data set."""
        ...

    def campaigns(self) -> Iterator[Campaign]:
        """Stream the campaigns, newest first."""
        ...

    def dataset_keys(self) -> frozenset[str]:
        """Return the keys of the data sets that claims and records are of."""
        ...

    def variant_keys(self) -> frozenset[str]:
        """Return the keys of the variants that claims and records are of."""
        ...

    def predictions(self, record: Record) -> PredictionBatch | None:
        """Read the per-image results behind a record whole, in the manifest's order; None where there are none.

        They are read anew at each call, and only where their hash is the one that the record names.
        """
        ...

    def absent_predictions(self, record: Record) -> str | None:
        """Return why `predictions` finds none, as one sentence; None where it does."""
        ...

    def predictions_file(self, record: Record, most_bytes: int) -> bytes | None:
        """Return the file behind them as it is; None where there is none of its hash, or it is larger."""
        ...

    def fingerprint(self) -> str:
        """Return a hash of everything that it holds: two archives of one fingerprint give the same site."""
        ...


def matching_claims(
    claims: Iterable[Claim],
    *,
    paper: str | None = None,
    variant: str | None = None,
    dataset: str | None = None,
    metric: str | None = None,
) -> Iterator[Claim]:
    """Yield the claims that match all given values."""
    for claim in claims:
        wanted = ((paper, claim.paper), (variant, claim.variant), (dataset, claim.dataset), (metric, claim.metric))
        if all(want is None or want == have for want, have in wanted):
            yield claim


def matching_records(
    records: Iterable[Record],
    *,
    variant: str | None = None,
    dataset: str | None = None,
    scope: Scope | None = None,
    campaign: str | None = None,
) -> Iterator[Record]:
    """Yield the records that match all given values; Scope.MODEL: those without a data set."""
    for record in records:
        wanted = ((variant, record.variant), (dataset, record.dataset), (campaign, record.campaign))
        found = Scope.MODEL if record.dataset is None else Scope.DATASET
        if scope in (None, found) and all(want is None or want == have for want, have in wanted):
            yield record


@dataclass(frozen=True)
class MemoryArchive:
    """An archive of values at hand: for tests, and for publishing records that no database holds."""

    catalogue: Catalogue
    all_records: tuple[Record, ...] = ()
    all_papers: tuple[Paper, ...] = ()
    all_tasks: tuple[Task, ...] = ()
    all_datasets: tuple[DatasetCard, ...] = ()
    all_methods: tuple[Method, ...] = ()
    all_claims: tuple[Claim, ...] = ()
    all_predictions: Mapping[str, PredictionBatch] = field(default_factory=dict)
    """Per-image results by the record's id."""

    def papers(self) -> Iterator[Paper]:
        """Stream the papers, newest first."""
        return iter(sorted(self.all_papers, key=lambda paper: (paper.date, paper.slug), reverse=True))

    def tasks(self) -> Iterator[Task]:
        """Stream the tasks by title."""
        return iter(sorted(self.all_tasks, key=lambda task: task.title))

    def datasets(self) -> Iterator[DatasetCard]:
        """Stream the data sets that knowledge describes, by title."""
        return iter(sorted(self.all_datasets, key=lambda card: card.title))

    def methods(self) -> Iterator[Method]:
        """Stream the methods by title."""
        return iter(sorted(self.all_methods, key=lambda method: method.title))

    def claims(
        self,
        *,
        paper: str | None = None,
        variant: str | None = None,
        dataset: str | None = None,
        metric: str | None = None,
    ) -> Iterator[Claim]:
        """Stream the claims that match all given values, in the order of their source."""
        return matching_claims(self.all_claims, paper=paper, variant=variant, dataset=dataset, metric=metric)

    def records(
        self,
        *,
        variant: str | None = None,
        dataset: str | None = None,
        scope: Scope | None = None,
        campaign: str | None = None,
    ) -> Iterator[Record]:
        """Stream the records that match all given values, newest first."""
        newest_first = sorted(self.all_records, key=lambda record: (record.started, record.id), reverse=True)
        return matching_records(newest_first, variant=variant, dataset=dataset, scope=scope, campaign=campaign)

    def campaigns(self) -> Iterator[Campaign]:
        """Stream the campaigns, newest first."""
        by_name: dict[str, list[Record]] = {}
        for record in self.all_records:
            by_name.setdefault(record.campaign, []).append(record)
        found = [
            Campaign(name, min(r.started for r in records), len(records), records[0].provenance.note)
            for name, records in by_name.items()
        ]
        return iter(sorted(found, key=lambda campaign: (campaign.started, campaign.name), reverse=True))

    def dataset_keys(self) -> frozenset[str]:
        """Return the keys of the data sets that claims and records are of."""
        measured = (record.dataset for record in self.all_records if record.dataset is not None)
        return frozenset((*(claim.dataset for claim in self.all_claims), *measured))

    def variant_keys(self) -> frozenset[str]:
        """Return the keys of the variants that claims and records are of."""
        claimed = (claim.variant for claim in self.all_claims if claim.variant is not None)
        return frozenset((*claimed, *(record.variant for record in self.all_records)))

    def predictions(self, record: Record) -> PredictionBatch | None:
        """Return the per-image results at hand."""
        return self.all_predictions.get(record.id)

    def absent_predictions(self, record: Record) -> str | None:
        """Return why there are none."""
        return None if record.id in self.all_predictions else "its per-image results are not at hand"

    def predictions_file(self, record: Record, most_bytes: int) -> bytes | None:  # noqa: ARG002  (the protocol's names)
        """Return None: values at hand are no file."""
        return None

    def fingerprint(self) -> str:
        """Return a hash of everything that it holds."""
        said = hashlib.sha256(repr(replace(self, all_predictions={})).encode())
        for record_id in sorted(self.all_predictions):
            said.update(record_id.encode() + pickle.dumps(self.all_predictions[record_id]))
        return said.hexdigest()


@dataclass(frozen=True)
class JoinedArchive:
    """`first` with the records `further`, each id once. It can be pickled as far as `first` can."""

    first: Archive
    further: tuple[Record, ...]

    @property
    def catalogue(self) -> Catalogue:
        """Return the declared variants, data sets and metrics."""
        return self.first.catalogue

    def papers(self) -> Iterator[Paper]:
        """Stream the papers, newest first."""
        return self.first.papers()

    def tasks(self) -> Iterator[Task]:
        """Stream the tasks by title."""
        return self.first.tasks()

    def datasets(self) -> Iterator[DatasetCard]:
        """Stream the data sets that knowledge describes, by title."""
        return self.first.datasets()

    def methods(self) -> Iterator[Method]:
        """Stream the methods by title."""
        return self.first.methods()

    def claims(
        self,
        *,
        paper: str | None = None,
        variant: str | None = None,
        dataset: str | None = None,
        metric: str | None = None,
    ) -> Iterator[Claim]:
        """Stream the claims that match all given values, in the order of their source."""
        return self.first.claims(paper=paper, variant=variant, dataset=dataset, metric=metric)

    def records(
        self,
        *,
        variant: str | None = None,
        dataset: str | None = None,
        scope: Scope | None = None,
        campaign: str | None = None,
    ) -> Iterator[Record]:
        """Stream the records of both that match all given values, newest first, each once."""
        others = MemoryArchive(self.catalogue, self.further)
        streams = (
            self.first.records(variant=variant, dataset=dataset, scope=scope, campaign=campaign),
            others.records(variant=variant, dataset=dataset, scope=scope, campaign=campaign),
        )
        before = None
        for record in heapq.merge(*streams, key=lambda record: (record.started, record.id), reverse=True):
            if record.id != before:
                yield record
            before = record.id

    def campaigns(self) -> Iterator[Campaign]:
        """Stream the campaigns of both, newest first; one that both know counts each record once."""
        found = {campaign.name: campaign for campaign in self.first.campaigns()}
        for name in {record.campaign for record in self.further}:
            records = tuple(self.records(campaign=name))
            note = found[name].note if name in found else records[0].provenance.note
            found[name] = Campaign(name, records[-1].started, len(records), note)
        return iter(sorted(found.values(), key=lambda campaign: (campaign.started, campaign.name), reverse=True))

    def dataset_keys(self) -> frozenset[str]:
        """Return the keys of the data sets that claims and records of both are of."""
        return self.first.dataset_keys() | {record.dataset for record in self.further if record.dataset is not None}

    def variant_keys(self) -> frozenset[str]:
        """Return the keys of the variants that claims and records are of."""
        return self.first.variant_keys() | {record.variant for record in self.further}

    def predictions(self, record: Record) -> PredictionBatch | None:
        """Read the per-image results behind a record whole; None where there are none."""
        return self.first.predictions(record)

    def absent_predictions(self, record: Record) -> str | None:
        """Return why `predictions` finds none, as one sentence; None where it does."""
        return self.first.absent_predictions(record)

    def predictions_file(self, record: Record, most_bytes: int) -> bytes | None:
        """Return the file behind them as it is; None where there is none, or it is larger."""
        return self.first.predictions_file(record, most_bytes)

    def fingerprint(self) -> str:
        """Return a hash of everything that both hold."""
        ids = ",".join(sorted(record.id for record in self.further))
        return hashlib.sha256(f"{self.first.fingerprint()}{ids}".encode()).hexdigest()
