"""A/A: runs of one and the same code checked against each other, to see how often a machine raises a false alarm."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.record import Record, Status
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression.compare import compare
from pwc_bench.regression.pair import Side
from pwc_bench.regression.pairing import code_of


@dataclass(frozen=True, slots=True)
class SpeedSeen:
    """What the checks saw of one metric, over all variants."""

    metric: Metric
    drift_percent: float
    """The largest standard deviation between runs; NaN where there are too few to tell."""
    visible_loss_percent: float
    """The loss that a check of one run finds 95 times in 100 of the variant of which it sees least."""
    alarms: int
    undecided: int


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """How checks of a campaign against the others ended, though nothing had changed."""

    campaigns: tuple[str, ...]
    alarms: int
    """Checks with a false regression."""
    undecided: int
    """Checks without one that ended undecided."""
    speeds: tuple[SpeedSeen, ...]


def same_runs(records: Iterable[Record], most: int) -> tuple[Record, ...]:
    """Return the records of the newest `most` campaigns of the same code as the newest one, those that did not fail."""
    found = sorted((r for r in records if r.status is not Status.FAILED), key=lambda r: r.started, reverse=True)
    timed = [record for record in found if any(m.samples for m in record.measurements.values())]
    codes: dict[tuple[str, str | None], object] = {}
    for record in timed:
        codes.setdefault((record.variant, record.dataset), code_of(record))
    alike = [record for record in timed if codes[(record.variant, record.dataset)] == code_of(record)]
    campaigns = list(dict.fromkeys(record.campaign for record in alike))[:most]
    return tuple(record for record in alike if record.campaign in campaigns)


def check_itself(records: Sequence[Record], metrics: Mapping[str, Metric], policy: Policy) -> SelfCheck:
    """Check each campaign of `records` against all others, by the rules of any check."""
    campaigns = tuple(dict.fromkeys(record.campaign for record in records))
    only = tuple(key for key, metric in metrics.items() if metric.kind is Kind.SAMPLED)
    checks: list[list[Verdict]] = []
    for campaign in campaigns:
        own = Side(campaign, tuple(record for record in records if record.campaign == campaign))
        others = Side("the others", tuple(record for record in records if record.campaign != campaign))
        # What another campaign did not measure says nothing about false alarms.
        verdicts = compare(others, own, metrics=metrics, policy=policy, only=only)
        checks.append([verdict for verdict in verdicts if verdict.outcome in _DECIDED])
    ended = [{verdict.outcome for verdict in check} for check in checks]
    found = [verdict for check in checks for verdict in check]
    return SelfCheck(
        campaigns,
        sum(Outcome.REGRESSED in outcomes for outcomes in ended),
        sum(Outcome.INCONCLUSIVE in outcomes and Outcome.REGRESSED not in outcomes for outcomes in ended),
        tuple(
            _seen(metrics[key], [verdict for verdict in found if verdict.metric.key == key])
            for key in only
            if any(verdict.metric.key == key for verdict in found)
        ),
    )


_DECIDED = (Outcome.SAME, Outcome.IMPROVED, Outcome.REGRESSED, Outcome.INCONCLUSIVE)


def _seen(metric: Metric, verdicts: Sequence[Verdict]) -> SpeedSeen:
    def largest(name: str, verdicts: Sequence[Verdict]) -> float:
        values = [verdict.evidence.get(name) for verdict in verdicts]
        return max((float(value) for value in values if isinstance(value, int | float)), default=float("nan"))

    return SpeedSeen(
        metric,
        largest("drift_percent", [v for v in verdicts if v.evidence.get("drift_is_assumed") is False]),
        largest("visible_loss_percent", verdicts),
        sum(verdict.outcome is Outcome.REGRESSED for verdict in verdicts),
        sum(verdict.outcome is Outcome.INCONCLUSIVE for verdict in verdicts),
    )
