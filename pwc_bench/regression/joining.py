"""Two sides' predictions of the same images, brought into one order by the images' names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pwc_bench.core.measurement import PredictionBatch


@dataclass(frozen=True, eq=False, slots=True)
class Joined:
    """The n images that both sides have with the same label, in the order of the baseline."""

    images: Sequence[str]
    labels: npt.NDArray[Any]
    """(n,) int64."""
    baseline: PredictionBatch
    candidate: PredictionBatch
    only_in_baseline: int
    only_in_candidate: int
    relabelled: int
    """Images that are left out because the sides disagree about the right class."""


def join(baseline: PredictionBatch, candidate: PredictionBatch) -> Joined:
    """Join by name. A name that occurs twice on a side counts once, with its last prediction."""
    ours, theirs = list(baseline.images), list(candidate.images)
    if ours == theirs and len(set(ours)) == len(ours):
        left = right = np.arange(len(ours))
        lone = (0, 0)
    else:
        places = {name: place for place, name in enumerate(theirs)}
        own = {name: place for place, name in enumerate(ours)}
        pairs = [(place, places[name]) for name, place in own.items() if name in places]
        both = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        left, right = both[:, 0], both[:, 1]
        lone = (len(own) - len(pairs), len(places) - len(pairs))
    agrees = baseline.labels[left] == candidate.labels[right]
    kept = _picked(baseline, left[agrees])
    return Joined(
        images=kept.images,
        labels=kept.labels,
        baseline=kept,
        candidate=_picked(candidate, right[agrees]),
        only_in_baseline=lone[0],
        only_in_candidate=lone[1],
        relabelled=int(np.count_nonzero(~agrees)),
    )


def _picked(batch: PredictionBatch, places: npt.NDArray[np.int64]) -> PredictionBatch:
    if len(places) == len(batch.images) and bool((places == np.arange(len(places))).all()):
        return batch
    names = batch.images
    return PredictionBatch(
        images=[names[place] for place in places.tolist()],
        labels=batch.labels[places],
        top5=batch.top5[places],
        scores=batch.scores[places],
        nll=batch.nll[places],
    )
