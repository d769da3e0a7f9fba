"""Archives with per-image results, for what compares two variants."""

from dataclasses import replace

import numpy as np

from pwc_bench.core.archive import MemoryArchive
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.record import Record
from tests.example_archive import example_archive
from tests.factories import make_record

__all__ = ["archive_of", "batch_of", "pass_of"]


def batch_of(labels: list[int], top1: list[int]) -> PredictionBatch:
    """Predictions whose first guess is given; the four others are classes that no image has."""
    count = len(labels)
    top5 = np.stack([np.array(top1), *(np.full(count, 900 + place) for place in range(4))], axis=1)
    return PredictionBatch(
        images=[f"val/{place:05}.JPEG" for place in range(count)],
        labels=np.array(labels),
        top5=top5,
        scores=np.full((count, 5), 0.2, np.float32),
        nll=np.full(count, 1.0, np.float32),
    )


def pass_of(variant: str, *, manifest: str = "cd" * 32, dataset: str = "imagenet-1k") -> Record:
    """A complete record with predictions."""
    record = make_record(variant, dataset)
    return replace(record, provenance=replace(record.provenance, manifest_sha256=manifest))


def archive_of(batches: dict[str, PredictionBatch], *, further: tuple[Record, ...] = ()) -> MemoryArchive:
    """The example's knowledge, and a record with predictions for each variant of `batches`."""
    records = {variant: pass_of(variant) for variant in batches}
    return replace(
        example_archive((*records.values(), *further)),
        all_predictions={record.id: batches[variant] for variant, record in records.items()},
    )
