"""Which classes and images a difference comes from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.measurement import PredictionBatch
from pwc_bench.core.metric import Kind
from pwc_bench.core.verdict import Outcome, Verdict
from pwc_bench.regression.explanation import (
    ClassFlips,
    Confidence,
    Crossing,
    Explanation,
    ImageFlip,
    Likelihood,
    Mistake,
)
from pwc_bench.regression.pair import Side


@dataclass(frozen=True, slots=True)
class ClassNames:
    """Identifiers and readable names in label order; either may be shorter than the labels that occur."""

    identifiers: tuple[str, ...] = ()
    """The synsets or folder names."""
    names: tuple[str, ...] = ()
    _ambiguous: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        counted = Counter(self.names)
        object.__setattr__(self, "_ambiguous", frozenset(name for name, count in counted.items() if count > 1))

    @staticmethod
    def of(dataset: Dataset | None) -> "ClassNames":
        """Return a data set's names; none for a data set that nobody declares, whose labels then speak."""
        return ClassNames() if dataset is None else ClassNames(dataset.classes, dataset.class_names)

    def identifier(self, label: int) -> str:
        """Return a class's identifier: "n01440764", or "class 17" where there is none."""
        return self.identifiers[label] if 0 <= label < len(self.identifiers) else f"class {label}"

    def name(self, label: int) -> str:
        """Return the readable name of a class, its identifier where there is none."""
        found = self.names[label] if 0 <= label < len(self.names) else ""
        return found or self.identifier(label)

    def unique_name(self, label: int) -> str:
        """Return the readable name, with the identifier where another class has the same one (two are "crane")."""
        name = self.name(label)
        return f"{name} ({self.identifier(label)})" if name in self._ambiguous else name


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


_MOST_CLASSES = 10
_MOST_IMAGES = 3
_MOST_MISTAKES = 5

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Explanations of all that moved, and a sentence for each that could not be explained."""

    explanations: tuple[Explanation, ...]
    notes: tuple[str, ...]


def diagnose(
    verdicts: Iterable[Verdict], baseline: Side, candidate: Side, datasets: Mapping[str, Dataset]
) -> Diagnosis:
    """Explain each paired metric that moved, from the predictions of both sides; once where two saw the same flips.

    A metric has moved where it regressed, improved, was accepted, or carries a warning. `datasets` name the classes.
    """
    explanations: dict[tuple[str, str | None, str | None, int], Explanation] = {}
    notes: list[str] = []
    for verdict in sorted(verdicts, key=lambda verdict: verdict.outcome.passes):
        depth = verdict.metric.guesses or 1
        place = (verdict.variant, verdict.dataset, verdict.implementation, depth)
        if verdict.metric.kind is not Kind.PAIRED or not _has_moved(verdict) or place in explanations:
            continue
        ours, theirs = (side.predictions.get(key or "") for side, key in _sides(verdict, baseline, candidate))
        if ours is None or theirs is None:
            notes.append(_unexplained(verdict, baseline, candidate))
        else:
            names = ClassNames.of(datasets.get(verdict.dataset or ""))
            explanations[place] = explain(verdict, ours, theirs, names)
    return Diagnosis(tuple(explanations.values()), tuple(notes))


def explain(
    verdict: Verdict,
    baseline: PredictionBatch,
    candidate: PredictionBatch,
    names: ClassNames,
    *,
    most_classes: int = _MOST_CLASSES,
    most_images: int = _MOST_IMAGES,
) -> Explanation:
    """Compare two sides' predictions image by image. The images may stand in any order, and some may be missing."""
    joined = join(baseline, candidate)
    depth = verdict.metric.guesses or 1
    before, now = (_is_right(joined.labels, side, depth) for side in (joined.baseline, joined.candidate))
    lost, gained = before & ~now, ~before & now
    flips = _Flips(joined, names, lost, gained, most_images)
    classes = flips.classes()
    return Explanation(
        variant=verdict.variant,
        title=verdict.title,
        dataset=verdict.dataset or "",
        metric=verdict.metric.key,
        metric_title=verdict.metric.title,
        depth=depth,
        crossing=Crossing(_count(before & now), _count(lost), _count(gained), _count(~before & ~now)),
        changed_guesses=_count(joined.baseline.top5[:, 0] != joined.candidate.top5[:, 0]),
        only_in_baseline=joined.only_in_baseline,
        only_in_candidate=joined.only_in_candidate,
        relabelled=joined.relabelled,
        confidence=_confidence(joined, lost),
        likelihood=flips.likelihood(),
        classes=tuple(flips.of_class(label) for label in classes[:most_classes]),
        more_classes=max(0, len(classes) - most_classes),
        implementation=verdict.implementation,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Flips:
    """The joined images with those that flipped."""

    joined: Joined
    names: ClassNames
    lost: Flags
    gained: Flags
    most_images: int

    def classes(self) -> list[int]:
        """Return the classes with a flip: the largest net loss first, then the largest loss, then by label."""
        lost = Counter(self.joined.labels[self.lost].tolist())
        gained = Counter(self.joined.labels[self.gained].tolist())
        return sorted(lost.keys() | gained.keys(), key=lambda label: (gained[label] - lost[label], -lost[label], label))

    def of_class(self, label: int) -> ClassFlips:
        """Gather one class."""
        is_own = self.joined.labels == label
        lost, gained = np.flatnonzero(is_own & self.lost), np.flatnonzero(is_own & self.gained)
        guesses = Counter(self.joined.candidate.top5[lost, 0].tolist())
        ordered = sorted(guesses.items(), key=lambda item: (-item[1], item[0]))
        return ClassFlips(
            label=label,
            identifier=self.names.identifier(label),
            name=self.names.name(label),
            images=_count(is_own),
            lost=len(lost),
            gained=len(gained),
            mistakes=tuple(Mistake(self.names.unique_name(g), n) for g, n in ordered[:_MOST_MISTAKES]),
            lost_images=tuple(self._images(lost[: self.most_images])),
            gained_images=tuple(self._images(gained[: self.most_images])),
        )

    def likelihood(self) -> Likelihood:
        """Return both means, and the images whose right class lost most."""
        before, now = (np.asarray(side.nll, np.float64) for side in (self.joined.baseline, self.joined.candidate))
        if before.size == 0:
            return Likelihood(0.0, 0.0, ())
        rise = now - before
        order = np.argsort(-rise, kind="stable")[: self.most_images]
        return Likelihood(float(before.mean()), float(now.mean()), tuple(self._images(order[rise[order] > 0])))

    def _images(self, places: npt.NDArray[Any]) -> Iterator[ImageFlip]:
        ours, theirs = self.joined.baseline, self.joined.candidate
        for place in places.tolist():
            yield ImageFlip(
                image=self.joined.images[place],
                before=self.names.unique_name(int(ours.top5[place, 0])),
                now=self.names.unique_name(int(theirs.top5[place, 0])),
                nll_before=float(ours.nll[place]),
                nll_now=float(theirs.nll[place]),
            )


def _has_moved(verdict: Verdict) -> bool:
    return verdict.outcome in (Outcome.REGRESSED, Outcome.IMPROVED) or verdict.is_accepted or bool(verdict.warnings)


def _sides(verdict: Verdict, baseline: Side, candidate: Side) -> tuple[tuple[Side, str | None], ...]:
    return (baseline, verdict.baseline_record), (candidate, verdict.candidate_record)


def _unexplained(verdict: Verdict, baseline: Side, candidate: Side) -> str:
    """Say why there is no explanation: the first side without predictions tells."""
    sides = _sides(verdict, baseline, candidate)
    side, record = next((side, key) for side, key in sides if side.predictions.get(key or "") is None)
    why = side.absent_predictions.get(record or "", "its predictions are not at hand")
    return f"{verdict.title}, {verdict.metric.title}: no images to show, {side.name}: {why}"


def _is_right(labels: npt.NDArray[Any], side: PredictionBatch, depth: int) -> Flags:
    return np.asarray((side.top5[:, :depth] == labels[:, None]).any(axis=1))


def _confidence(joined: Joined, lost: Flags) -> Confidence:
    ours, theirs = joined.baseline.scores[:, 0], joined.candidate.scores[:, 0]
    return Confidence(_median(ours), _median(theirs), _median(ours[lost]), _median(theirs[lost]))


def _median(values: npt.NDArray[Any]) -> float | None:
    """Return a median as a double, None where there is no value, or one that is no number."""
    median = float(np.median(values)) if values.size else None
    return None if median is None or not np.isfinite(median) else median


def _count(flags: Flags) -> int:
    return int(np.count_nonzero(flags))
