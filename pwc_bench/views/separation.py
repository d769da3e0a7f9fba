"""What tells two models of a leaderboard apart: their answers image by image where both are stored, else intervals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pwc_bench.core.archive import Archive
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.ranking import Interval, intervals_apart
from pwc_bench.core.record import Record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Hits = npt.NDArray[np.bool_]
    """Of each image, whether a row has it right."""

_SIGNIFICANCE = 0.05
"""Of all pairs of a leaderboard together, after Holm's correction; an interval's own level."""
_GUESSES = {"top1": 1, "top5": 5}
"""How many of an image's guesses count, by the metric."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What ranks a row, in the metric's display unit."""

    value: float | None
    interval: Interval | None
    """Where the value may truly lie, by sampling and by rounding; None where there is no value, or nobody knows."""
    record: Record | None
    """The complete record behind it; None where a claim or less ranks it."""


Tests = Mapping[tuple[int, int], bool]
"""For pairs of rows (the lower place first) that could be tested image by image: whether the test tells them apart."""

PairedTester = Callable[[Archive, Metric, Sequence[Standing]], Tests]
"""Takes an archive, the metric that ranks and what ranks each row."""


def claim_interval(printed: Interval, images: int | None) -> Interval:
    """Return where a claim may lie: by what is `printed` and, of a share of `images` in per cent, by sampling."""
    low, high = printed
    if images is None or not 0 <= (low + high) / 2 <= 100:
        return low, high
    return _share(low, images)[0], _share(high, images)[1]


def images_of_share(metric: Metric, images: int | None) -> int | None:
    """Return of how many images a metric is a share in per cent, `images` being its data set's; None if it is none."""
    return images if metric.kind is Kind.PAIRED and metric.unit == "%" else None


def untested(archive: Archive, metric: Metric, standings: Sequence[Standing]) -> Tests:  # noqa: ARG001 - a PairedTester
    """Compare no two rows image by image: their intervals decide."""
    return {}


def told_apart(standings: Sequence[Standing], tests: Tests, first: int, second: int) -> bool:
    """Tell whether the data separate two rows: the paired test decides where there is one, else their intervals."""
    decided = tests.get((min(first, second), max(first, second)))
    if decided is not None:
        return decided
    one, other = standings[first].interval, standings[second].interval
    return one is not None and other is not None and intervals_apart(one, other)


def paired_tests(archive: Archive, metric: Metric, standings: Sequence[Standing]) -> Tests:
    """Run McNemar's exact test on every two rows that saw the same images, with Holm's correction over all pairs.

    Only for accuracies, which count images. Predictions are read once for each record, and not at all where fewer than
    two records saw the same images.
    """
    guesses = _GUESSES.get(metric.key)
    if metric.kind is not Kind.PAIRED or guesses is None:
        return {}
    pairs: dict[tuple[int, int], tuple[Hits, Hits]] = {}
    for places in _same_images(standings):
        hits = dict(_hits(archive, standings, places, guesses))
        for first, second in combinations(sorted(hits), 2):
            pairs[first, second] = hits[first], hits[second]
    return _significant(pairs) if pairs else {}


def _same_images(standings: Sequence[Standing]) -> Iterator[list[int]]:
    """Group the rows with predictions by the manifest of their images."""
    groups: dict[str, list[int]] = {}
    for place, standing in enumerate(standings):
        origin = None if standing.record is None else standing.record.provenance
        if origin is not None and origin.predictions is not None and origin.manifest_sha256 is not None:
            groups.setdefault(origin.manifest_sha256, []).append(place)
    return (places for places in groups.values() if len(places) > 1)


def _hits(
    archive: Archive, standings: Sequence[Standing], places: Sequence[int], guesses: int
) -> Iterator[tuple[int, "Hits"]]:
    """Yield for each row whose predictions can be read which images it has right: an array of n truth values.

    The manifest fixes names, labels and order; what holds other labels all the same is left out.
    """
    labels: Any = None
    for place in places:
        record = standings[place].record
        found = None if record is None else archive.predictions(record)
        if found is None:
            continue
        labels = found.labels if labels is None else labels
        if found.labels.shape == labels.shape and bool((found.labels == labels).all()):
            yield place, (found.top5[:, :guesses] == labels[:, None]).any(axis=1)


def _significant(pairs: Mapping[tuple[int, int], "tuple[Hits, Hits]"]) -> Tests:
    """Test each pair of rows, and correct for being so many."""
    from pwc_bench.statistics import holm, mcnemar_exact

    found = [mcnemar_exact(int((one & ~other).sum()), int((other & ~one).sum())) for one, other in pairs.values()]
    return {pair: p_value <= _SIGNIFICANCE for pair, p_value in zip(pairs, holm(found), strict=True)}


@lru_cache(maxsize=4096)
def _share(percent: float, images: int) -> Interval:
    """Return Wilson's interval, in per cent, of a share that was printed in per cent."""
    from pwc_bench.statistics import wilson

    low, high = wilson(min(images, max(0, round(percent / 100 * images))), images)
    return 100 * low, 100 * high
