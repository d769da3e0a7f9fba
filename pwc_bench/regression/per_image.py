"""What each image contributes to a paired metric, from the predictions of one record."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pwc_bench.core.measurement import PredictionBatch

Hits: TypeAlias = "npt.NDArray[np.bool_]"
"""Shape (n,): whether the metric counts each image as right."""


def _first(predictions: PredictionBatch) -> Hits:
    return np.asarray(predictions.top5[:, 0] == predictions.labels)


def _among_five(predictions: PredictionBatch) -> Hits:
    return np.asarray((predictions.top5 == np.asarray(predictions.labels)[:, None]).any(axis=1))


SHARES: Mapping[str, Callable[[PredictionBatch], Hits]] = {"top1": _first, "top5": _among_five}
"""The metrics that are the share of images for which something holds, in percent."""


def first_guesses(predictions: PredictionBatch) -> npt.NDArray[np.int64]:
    """Return the most probable class of each image, shape (n,)."""
    return np.asarray(predictions.top5[:, 0])


def likelihoods(predictions: PredictionBatch) -> npt.NDArray[Any]:
    """Return each image's negative log-likelihood in nats, float64 of shape (n,)."""
    return np.asarray(predictions.nll, dtype=np.float64)
