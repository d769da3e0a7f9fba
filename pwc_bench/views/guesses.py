"""What models said of each image, kept small: for comparing any two of them."""

from dataclasses import dataclass
from typing import Any

from pwc_bench.core.archive import Archive
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Scope
from pwc_bench.core.record import Record
from pwc_bench.core.selection import current_record

_TOP1 = "top1"


@dataclass(frozen=True, eq=False, slots=True)
class Guesses:
    """One record's first guesses for n images, in the manifest's order. Arrays are numpy's."""

    record: Record
    images: tuple[str, ...]
    labels: Any
    """int32 array of shape (n,)."""
    top1: Any
    """int32 array of shape (n,): the first guess, -1 where there is none."""

    @property
    def manifest(self) -> str:
        """Return the hash of the images' names and labels."""
        return self.record.provenance.manifest_sha256 or ""


class GuessDesk:
    """Reads each record's predictions once, and shares the names and labels of records on the same manifest."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._read: dict[str, Guesses | None] = {}
        self._shared: dict[str, tuple[tuple[str, ...], Any]] = {}

    def of_variant(self, variant: str) -> tuple[Guesses, ...]:
        """Return a variant's guesses on each data set that has seen it, by the data set's key."""
        by_dataset: dict[str, list[Record]] = {}
        for record in self._archive.records(variant=variant, scope=Scope.DATASET):
            if record.dataset is not None and record.provenance.predictions is not None:
                by_dataset.setdefault(record.dataset, []).append(record)
        chosen = (current_record(by_dataset[key], _TOP1) for key in sorted(by_dataset))
        found = (self.of_record(record) for record in chosen if record is not None)
        return tuple(guesses for guesses in found if guesses is not None)

    def of_record(self, record: Record) -> Guesses | None:
        """Return a record's guesses, None where its predictions are not at hand."""
        if record.id not in self._read:
            batch = self._archive.predictions(record)
            self._read[record.id] = None if batch is None else self._kept(record, batch)
        return self._read[record.id]

    def _kept(self, record: Record, batch: PredictionBatch) -> Guesses:
        import numpy as np  # a site without per-image results is built without it

        manifest = record.provenance.manifest_sha256 or record.id
        own = (tuple(batch.images), np.asarray(batch.labels, np.int32))
        images, labels = self._shared.setdefault(manifest, own)
        if images != own[0] or not np.array_equal(labels, own[1]):  # images that failed in one run only
            images, labels = own
        return Guesses(record, images, labels, np.asarray(batch.top5)[:, 0].astype(np.int32))
