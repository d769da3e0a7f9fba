"""Which metrics a leaderboard shows, and in which order: results before costs, ours before those only published."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pwc_bench.core.claim import Claim
from pwc_bench.core.metric import Metric
from pwc_bench.core.ranking import published_metric

_RESULTS = ("top1", "top5")
_COSTS = ("gflops", "parameters", "throughput")


def board_metrics(known: Mapping[str, Metric], claims: Sequence[Claim], measured: Iterable[str]) -> tuple[Metric, ...]:
    """Return the metrics of which something is claimed or `measured` (keys); the first one orders the board.

    `known` are ours, by key; any other is described by its name and by the unit that most claims print.
    """
    units: dict[str, Counter[str]] = {}
    for claim in claims:
        units.setdefault(claim.metric, Counter())[claim.unit] += 1
    seen = {*units, *measured}
    published = [metric for metric in units if metric not in known]
    own = [metric for metric in units if metric in known]
    wanted = dict.fromkeys((*_RESULTS, *published, *_COSTS, *own))
    return tuple(
        known.get(metric) or published_metric(metric, units[metric].most_common(1)[0][0])
        for metric in wanted
        if metric in seen
    )
