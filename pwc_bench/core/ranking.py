"""The order of measurements of one metric, and which of them no other beats in both of two."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope

_LOWER = {
    "bpb", "bpc", "bpd", "bits", "cer", "distance", "ece", "epe", "error", "errors", "fid", "flops", "gflops",
    "hours", "kid", "latency", "lpips", "loss", "macs", "mae", "mape", "mse", "mpjpe", "nll", "nmse",
    "parameters", "params", "perplexity", "ppl", "rank", "rmse", "seconds", "ter", "time", "wer",
}  # fmt: skip
_HIGHER = {
    "acc", "accuracy", "ap", "auc", "auprc", "auroc", "average", "bleu", "chrf", "cider", "concordance",
    "correct", "correlation", "dice", "elo", "em", "exact", "f1", "fps", "gleu", "hits", "iou", "jaccard",
    "kappa", "map", "match", "mcc", "meteor", "miou", "mrr", "ndcg", "pck", "pearson", "pq", "precision", "psnr",
    "r2", "recall", "return", "reward", "roc", "rouge", "score", "sensitivity", "spearman", "specificity",
    "spice", "ssim", "success", "throughput", "win",
}  # fmt: skip
_WORD = re.compile(r"[a-z]+[0-9]*")


def direction_of(name: str) -> Better | None:
    """Return the direction in which a metric of this name improves, None where the name does not tell.

    Papers with Code never stored it. A word that speaks of an error decides: "percentage error", "word error rate".
    """
    found = _WORD.findall(name.lower())
    words = {*found, *(word.rstrip("0123456789") for word in found)}
    if words & _LOWER:
        return Better.LOWER
    return Better.HIGHER if words & _HIGHER else None


def published_metric(name: str, unit: str) -> Metric:
    """Describe a metric that is only claimed. Where `direction_of` finds no direction, `better` means nothing."""
    return Metric(
        key=name,
        title=name,
        unit=unit,
        better=direction_of(name) or Better.HIGHER,
        kind=Kind.DESCRIPTIVE,
        scope=Scope.DATASET,
        version=0,
        tolerance=0.0,
        display=Display(unit),
        definition="",
    )


Interval = tuple[float, float]
"""The low and the high end, in the metric's unit."""

Separated = Callable[[int, int], bool]
"""Tells whether the data can tell two entries apart. It is asked for entries with different values only, and must give
the same answer for (a, b) and (b, a)."""

_EN_DASH = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class RankBand:
    """The best and the worst rank that the data allow."""

    best: int
    worst: int

    @property
    def text(self) -> str:
        """Return the band as a table shows it: "2", or "2-4" with an en dash."""
        return str(self.best) if self.best == self.worst else f"{self.best}{_EN_DASH}{self.worst}"


def intervals_apart(first: Interval, second: Interval) -> bool:
    """Tell whether two 95 % intervals have no value in common: the rule where nothing is known image by image.

    Of two independent estimates this asks for more than a test at 5 % does, about 0.6 % where both are equally exact
    (Schenker and Gentleman 2001, "On judging the significance of differences by examining the overlap between
    confidence intervals"; Goldstein and Healy 1995), and models that see the same images err together, which makes it
    stricter still. A wrong "cannot tell" is thereby likelier than a wrong "is better", and readers can check it.
    """
    return first[1] < second[0] or second[1] < first[0]


def ranking_order(values: Sequence[float | None], better: Better) -> tuple[int, ...]:
    """Return the places of `values`, the best first; equal ones keep their order, missing ones and NaN come last."""
    sign = -1.0 if better is Better.HIGHER else 1.0

    def key(place: int) -> tuple[bool, float]:
        value = values[place]
        return (True, 0.0) if value is None or math.isnan(value) else (False, sign * value)

    return tuple(sorted(range(len(values)), key=key))


def rank_bands(values: Sequence[float | None], better: Better, separated: Separated) -> tuple[RankBand | None, ...]:
    """Return for each value its best and worst possible rank, None for a missing one (None or NaN).

    The best rank counts those that are better and told apart from it, the worst one those that are worse and told
    apart. Equal values are never told apart. `separated` need not be transitive: A and B, B and C may overlap while A
    and C do not.
    """
    order = [place for place in ranking_order(values, better) if not _is_missing(values[place])]
    bands: list[RankBand | None] = [None] * len(values)
    above, below = dict.fromkeys(order, 0), dict.fromkeys(order, 0)
    for rank, place in enumerate(order):
        for other in order[rank + 1 :]:
            if values[place] != values[other] and separated(place, other):
                above[other] += 1
                below[place] += 1
    for place in order:
        bands[place] = RankBand(1 + above[place], len(order) - below[place])
    return tuple(bands)


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with where it may truly lie; without an interval it is exact."""

    value: float
    interval: Interval | None = None

    def gains(self, better: Better) -> tuple[float, float, float]:
        """Return the value and the ends of its interval, the worse one first, the higher the better."""
        low, high = self.interval or (self.value, self.value)
        ends = (low, high) if better is Better.HIGHER else (-high, -low)
        return (self.value if better is Better.HIGHER else -self.value, *ends)


def pareto_frontier(points: Sequence[tuple[Estimate, Estimate]], better: tuple[Better, Better]) -> tuple[int, ...]:
    """Return the places of the points that none of them beats in one metric without losing in the other.

    `points` hold two metrics, `better` their directions. Values whose intervals overlap are not ordered: neither wins
    nor loses. So a point that is better in one metric, and cannot be told apart in the other, beats; what is beaten
    beats nobody any more, since overlapping is not transitive; and of points that can be told apart in neither metric
    the one with the better first value stands for all. Equal points stand or fall together. A point that is not finite
    never stands. They come in the order of the first metric, its best value last.
    """
    gains = [(first.gains(better[0]), second.gains(better[1])) for first, second in points]
    left = [place for place, gain in enumerate(gains) if all(map(math.isfinite, (*gain[0], *gain[1])))]
    standing: list[int] = []
    while left:  # nothing beats in a circle, as both orders are interval orders: each round finds some that stand
        beaten = _beaten(left, left, gains)
        unbeaten = [place for place in left if place not in beaten]
        standing += unbeaten
        out = _beaten(left, unbeaten, gains) | set(unbeaten)
        left = [place for place in left if place not in out]
    found: list[int] = []
    for place in sorted(standing, key=lambda place: (gains[place][0][0], gains[place][1][0], -place), reverse=True):
        mine = gains[place]
        if all(gains[other] == mine or _is_apart(gains[other], mine) for other in found):
            found.append(place)
    return tuple(reversed(found))


_Gains = tuple[tuple[float, float, float], tuple[float, float, float]]


def _beaten(places: Sequence[int], rivals: Sequence[int], gains: Sequence[_Gains]) -> set[int]:
    """Return those of `places` that one of the `rivals` beats."""
    return _beaten_in(places, rivals, gains, 0, 1) | _beaten_in(places, rivals, gains, 1, 0)


def _beaten_in(places: Sequence[int], rivals: Sequence[int], gains: Sequence[_Gains], one: int, other: int) -> set[int]:
    """Return the places that some rival beats in metric `one` without losing in the `other`."""
    nearest = sorted(rivals, key=lambda place: gains[place][one][1], reverse=True)  # by the worse end, the best first
    found: set[int] = set()
    best, met = -math.inf, 0
    for place in sorted(places, key=lambda place: gains[place][one][2], reverse=True):
        while met < len(nearest) and gains[nearest[met]][one][1] > gains[place][one][2]:
            best = max(best, gains[nearest[met]][other][2])
            met += 1
        if best >= gains[place][other][1]:
            found.add(place)
    return found


def _is_apart(first: _Gains, second: _Gains) -> bool:
    """Tell whether two points can be told apart in one metric at least."""
    return any(intervals_apart(a[1:], b[1:]) for a, b in zip(first, second, strict=True))


def state_of_the_art(results: Sequence[tuple[str, float]], better: Better) -> tuple[int, ...]:
    """Return the places of the results that beat everything before them, the earliest first.

    `results` are dates (ISO 8601, of one precision) with values. Of one date only the best counts; NaN never does.
    """
    sign = 1.0 if better is Better.HIGHER else -1.0
    order = sorted(range(len(results)), key=lambda place: (results[place][0], -sign * results[place][1], place))
    found: list[int] = []
    highest = -math.inf
    for place in order:
        gain = sign * results[place][1]
        if gain > highest:
            found.append(place)
            highest = gain
    return tuple(found)
