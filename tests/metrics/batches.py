"""Predictions to meter."""

import numpy as np
import numpy.typing as npt

from pwc_bench.core.measurement import PassSummary, PredictionBatch

SUMMARY = PassSummary(images=4, batch_images=(4,), batch_seconds=(1.0,), variants=("tiny",))


def make_batch(
    labels: npt.ArrayLike,
    top5: npt.ArrayLike,
    *,
    scores: npt.ArrayLike | None = None,
    nll: npt.ArrayLike | None = None,
    tied: npt.ArrayLike | None = None,
) -> PredictionBatch:
    """A batch of predictions; without scores every image has the probabilities 0.5, 0.2, 0.1, 0.1, 0.1."""
    right = np.asarray(labels, dtype=np.int64)
    count = len(right)
    return PredictionBatch(
        images=[f"image-{i}.jpg" for i in range(count)],
        labels=right,
        top5=np.asarray(top5, dtype=np.int64),
        scores=np.asarray([[0.5, 0.2, 0.1, 0.1, 0.1]] * count if scores is None else scores, dtype=np.float32),
        nll=np.asarray([0.7] * count if nll is None else nll, dtype=np.float32),
        tied=None if tied is None else np.asarray(tied, dtype=np.bool_),
    )
