"""Predictions made up for tests: right on the first guess, but for the images that are named."""

from collections.abc import Mapping

import numpy as np

from pwc_bench.core.measurement import PredictionBatch

__all__ = ["guesses", "reordered"]


def guesses(labels: list[int], wrong: Mapping[int, int], *, classes: int = 10, nll: float = 0.5) -> PredictionBatch:
    """The predictions of len(labels) images; `wrong` gives the first guess of those that are not right."""
    first = np.array([wrong.get(place, label) for place, label in enumerate(labels)])
    others = (first[:, None] + np.arange(5)) % classes
    is_wrong = np.isin(np.arange(len(labels)), list(wrong))
    confidence = np.where(is_wrong, 0.4, 0.9)
    return PredictionBatch(
        images=[f"image-{place:05}.jpg" for place in range(len(labels))],
        labels=np.array(labels, np.int64),
        top5=others.astype(np.int64),
        scores=np.column_stack([confidence, *[np.full(len(labels), 0.01)] * 4]).astype(np.float32),
        nll=np.where(is_wrong, 2.0, nll).astype(np.float32),
    )


def reordered(batch: PredictionBatch, order: list[int]) -> PredictionBatch:
    """The same predictions of the images at `order`."""
    return PredictionBatch(
        images=[batch.images[place] for place in order],
        labels=batch.labels[order],
        top5=batch.top5[order],
        scores=batch.scores[order],
        nll=batch.nll[order],
    )
