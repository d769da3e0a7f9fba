"""What the predictions of both sides hold: per image, and counted."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Metric
from pwc_bench.core.record import Record
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression.pair import Hurdle, Pair, Side

Hits: TypeAlias = "npt.NDArray[np.bool_]"
"""Shape (n,): whether the metric counts each image as right."""


def hits(metric: Metric, predictions: PredictionBatch) -> Hits:
    """Return which images count for a metric that is a share of images, by their guesses."""
    right = np.asarray(predictions.labels)[:, None]
    return np.asarray((predictions.top5[:, : metric.guesses] == right).any(axis=1))


def first_guesses(predictions: PredictionBatch) -> npt.NDArray[np.int64]:
    """Return the most probable class of each image, shape (n,)."""
    return np.asarray(predictions.top5[:, 0])


def likelihoods(predictions: PredictionBatch) -> npt.NDArray[Any]:
    """Return each image's negative log-likelihood in nats, float64 of shape (n,)."""
    return np.asarray(predictions.nll, dtype=np.float64)


@dataclass(frozen=True, eq=False, slots=True)
class PairedPredictions:
    """Both sides' results for the same images in the same order."""

    baseline: PredictionBatch
    candidate: PredictionBatch


def are_identical(pair: Pair) -> bool:
    """Tell whether both records name one predictions file by its hash, so that nothing can have changed."""
    if pair.baseline is None or pair.candidate is None:
        return False
    old, new = pair.baseline.provenance.predictions, pair.candidate.provenance.predictions
    key = pair.metric.key
    is_same_value = pair.baseline.measurements[key].value == pair.candidate.measurements[key].value
    return old is not None and new is not None and old.sha256 == new.sha256 and is_same_value


def paired_predictions(pair: Pair, baseline: Side, candidate: Side) -> PairedPredictions | Hurdle:
    """Return the predictions behind a pair without a hurdle of a paired metric, or why there are none to compare."""
    if pair.baseline is None or pair.candidate is None:
        raise ValueError("predictions are compared between two records")
    if pair.metric.per_image is None:
        return Hurdle(Outcome.INCOMPARABLE, f"no rule says what an image contributes to {pair.metric.title}")
    old = _predictions(pair.baseline, baseline, "baseline")
    if isinstance(old, Hurdle):
        return old
    new = _predictions(pair.candidate, candidate, "candidate")
    if isinstance(new, Hurdle):
        return new
    return _mismatch(pair.baseline, pair.candidate, pair.metric, old, new) or PairedPredictions(old, new)


def _mismatch(
    baseline: Record, candidate: Record, metric: Metric, old: PredictionBatch, new: PredictionBatch
) -> Hurdle | None:
    """Say what keeps predictions from being compared image by image, None where they belong together."""
    if len(old.labels) == 0 or len(new.labels) == 0:
        return Hurdle(Outcome.INCONCLUSIVE, "there is not one image to compare")
    if not np.array_equal(old.labels, new.labels):
        return Hurdle(Outcome.INCOMPARABLE, "the predictions are of other images or labels")
    for record, found, whose in ((baseline, old, "baseline"), (candidate, new, "candidate")):
        objection = _objection(record, found, metric)
        if objection is not None:
            return Hurdle(Outcome.INCOMPARABLE, f"the {whose}'s predictions are not those of its record: {objection}")
    return None


def _predictions(record: Record, side: Side, whose: str) -> PredictionBatch | Hurdle:
    found = side.predictions.get(record.id)
    if found is not None:
        return found
    file = record.provenance.predictions
    why = "its record names none" if file is None else side.absent_predictions.get(record.id, "none were loaded")
    return Hurdle(Outcome.INCOMPARABLE, f"no per-image predictions of the {whose}: {why}")


def _objection(record: Record, predictions: PredictionBatch, metric: Metric) -> str | None:
    """Say how the predictions contradict the record, None where they bear it out."""
    images = len(predictions.labels)
    if record.provenance.images_seen is not None and images != record.provenance.images_seen:
        return f"{images:,} images and not {record.provenance.images_seen:,}"
    value = record.measurements[metric.key].value
    if metric.guesses is not None:
        found, tolerance = 100.0 * float(hits(metric, predictions).mean()), 1e-9
    else:
        found, tolerance = float(likelihoods(predictions).mean()), 1e-6
    if np.isfinite(found) and abs(found - value) > tolerance * max(1.0, abs(value)):
        return f"they give {metric.key} {found:.6g} and not {value:.6g}"
    return None
