"""Two variants on the same images: where only one of them is right, whether that is chance, and in which classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pwc_bench.core.dataset import Dataset
from pwc_bench.views.guesses import Guesses
from pwc_bench.views.numbers import EN_DASH, signed_text

_MOST_CLASSES = 8
_MOST_IMAGES = 3
_SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True)
class ClassSplit:
    """One class: the images that only one of the two variants has right."""

    name: str
    identifier: str
    images: int
    only_first: int
    only_second: int
    examples: tuple[str, ...]
    """The names of a few of the images that decide it."""


@dataclass(frozen=True, slots=True)
class PairFlips:
    """The paired comparison of top-1 over n images. Numbers are written as text."""

    images: str
    both_right: str
    only_first: str
    only_second: str
    both_wrong: str
    same_guess: str
    """The share of images on which both make the same first guess."""
    difference: str
    """Second minus first, in percentage points, with its sign."""
    interval: str
    """Its 95 % interval, given the images on which they differ."""
    p_value: str
    """Of McNemar's exact test: "0.013", "< 0.0001"."""
    is_told_apart: bool
    for_first: tuple[ClassSplit, ...]
    """The classes in which the first variant gains most."""
    for_second: tuple[ClassSplit, ...]


def pair_flips(first: Guesses, second: Guesses, dataset: Dataset | None) -> PairFlips | None:
    """Compare two variants' guesses; None where they did not see the same images with the same labels.

    The interval is Wilson's of the share of discordant images that the second variant has right, taken to the
    difference: which images are discordant is given, as in McNemar's test.
    """
    import numpy as np  # a site without per-image results is built without it and scipy

    from pwc_bench.statistics import mcnemar_exact

    if first.images != second.images or not np.array_equal(first.labels, second.labels) or not first.images:
        return None
    ours, theirs = first.top1 == first.labels, second.top1 == second.labels
    only_first, only_second = ours & ~theirs, theirs & ~ours
    lost, gained, count = int(only_first.sum()), int(only_second.sum()), len(first.images)
    p_value = mcnemar_exact(lost, gained)
    classes = list(_classes(first, only_first, only_second, dataset))
    return PairFlips(
        images=f"{count:,}",
        both_right=f"{int((ours & theirs).sum()):,}",
        only_first=f"{lost:,}",
        only_second=f"{gained:,}",
        both_wrong=f"{int((~ours & ~theirs).sum()):,}",
        same_guess=f"{100 * float((first.top1 == second.top1).mean()):.1f}",
        difference=signed_text(100 * (gained - lost) / count, 2),
        interval=_interval(lost, gained, count),
        p_value="< 0.0001" if p_value < 0.0001 else f"{p_value:.2g}",
        is_told_apart=p_value < _SIGNIFICANCE,
        for_first=_strongest(classes, sign=-1),
        for_second=_strongest(classes, sign=1),
    )


def _interval(lost: int, gained: int, count: int) -> str:
    if lost + gained == 0:
        return "±0.00"
    from pwc_bench.statistics import wilson

    ends = (100 * (2 * end - 1) * (lost + gained) / count for end in wilson(gained, lost + gained))
    low, high = (signed_text(end, 2) for end in ends)
    return f"{low} {EN_DASH} {high}"


def _classes(guesses: Guesses, only_first: Any, only_second: Any, dataset: Dataset | None) -> Iterator[ClassSplit]:  # noqa: ANN401  (numpy arrays)
    import numpy as np

    for label in np.unique(guesses.labels[only_first | only_second]).tolist():
        is_own = guesses.labels == label
        lost, gained = np.flatnonzero(is_own & only_first), np.flatnonzero(is_own & only_second)
        deciding = lost if len(lost) > len(gained) else gained
        identifier = _at(() if dataset is None else dataset.classes, label)
        yield ClassSplit(
            name=_at(() if dataset is None else dataset.class_names, label),
            identifier=identifier,
            images=int(is_own.sum()),
            only_first=len(lost),
            only_second=len(gained),
            examples=tuple(guesses.images[place] for place in deciding[:_MOST_IMAGES].tolist()),
        )


def _at(names: tuple[str, ...], label: int) -> str:
    return names[label] if 0 <= label < len(names) else f"class {label}"


def _strongest(classes: list[ClassSplit], *, sign: int) -> tuple[ClassSplit, ...]:
    """Return the classes in which the second (sign 1) or the first variant (-1) is right more often, most first."""
    leaning = [split for split in classes if sign * (split.only_second - split.only_first) > 0]
    ordered = sorted(leaning, key=lambda split: (sign * (split.only_first - split.only_second), split.name))
    return tuple(ordered[:_MOST_CLASSES])
