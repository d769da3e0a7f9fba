"""An archive with further records beside it: a database and what was published."""

import hashlib
import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from pwc_bench.core.archive import Archive, Campaign, Catalogue, MemoryArchive
from pwc_bench.core.claim import Claim
from pwc_bench.core.knowledge import DatasetCard, Method, Paper, Task
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Scope
from pwc_bench.core.record import Record


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
