"""Equally good, which is more than not worse: the same images, and a margin that somebody has stated.

A comparison that finds no difference has shown none where the images are few. Here the burden is turned around: a
variant passes where a loss of the margin, and a gain of it, are both shown not to be.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt

import numpy as np

from pwc_bench.core.measurement import Json
from pwc_bench.core.metric import Kind, Metric
from pwc_bench.core.record import Record, Status
from pwc_bench.core.setting import Machine
from pwc_bench.core.verdict import Outcome, Policy, Verdict
from pwc_bench.regression.comparability import find_hurdle, image_differences
from pwc_bench.regression.evidence import (
    PairedPredictions,
    are_identical,
    first_guesses,
    hits,
    likelihoods,
    paired_predictions,
)
from pwc_bench.regression.pair import Hurdle, Pair, Side, Tested, known_id, p_text
from pwc_bench.statistics import mean_beyond, share_lost_beyond

LIKELIHOOD_MARGIN = 0.01
"""Nats of likelihood that go with a margin of one percentage point."""


def pair_images(
    baseline: Iterable[Record], candidate: Iterable[Record], metrics: Mapping[str, Metric], only: Collection[str]
) -> tuple[Pair, ...]:
    """Return the pairs of all metrics that are compared image by image, whatever precision and code they come from.

    Of each side the newest record of a variant on a data set speaks; of the candidate, of each implementation, device
    and precision. Where each side holds a single variant, they are compared whatever they are called: a quantised model
    is a variant of its own.
    """
    old = _newest_first(record for record in baseline if record.status is not Status.FAILED)
    new = _newest_first(candidate)
    is_one_each = len({record.variant for record in old}) == len({record.variant for record in new}) == 1
    wanted = [m for m in metrics.values() if m.kind is Kind.PAIRED and (not only or m.key in only)]

    def key(record: Record) -> tuple[str, str | None]:
        return ("" if is_one_each else record.variant), record.dataset

    return tuple(
        pair
        for about in dict.fromkeys(sorted((key(record) for record in old), key=str))
        for metric in wanted
        for pair in _pairs(
            metric,
            [record for record in old if key(record) == about and metric.key in record.measurements],
            [record for record in new if key(record) == about],
        )
    )


def _newest_first(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.started, known_id(record) or ""), reverse=True)


def _pairs(metric: Metric, holders: Sequence[Record], candidates: Sequence[Record]) -> Iterator[Pair]:
    if not holders:
        return
    lanes: dict[Machine, Record] = {}
    for record in candidates:
        lanes.setdefault(Machine.of(record.environment), record)
    takers = [r for r in lanes.values() if r.status is not Status.FAILED and metric.key in r.measurements]
    if not takers:
        reason = "the candidate did not measure it" if candidates else "the candidate has no record of it"
        newest = candidates[0] if candidates else None
        yield Pair(metric=metric, baseline=holders[0], candidate=newest, hurdle=Hurdle(Outcome.MISSING, reason))
    for taker in takers:
        holder = min(holders, key=lambda each, of=taker: len(image_differences(metric, each, of)))  # type: ignore[misc]
        hurdle = find_hurdle(metric, holder, taker, image_differences)
        own = taker.environment.implementation if len(takers) > 1 else None
        yield Pair(metric=metric, baseline=holder, candidate=taker, implementation=own, hurdle=hurdle)


def prepare_equivalence(pair: Pair, baseline: Side, candidate: Side, policy: Policy, margin: float) -> Tested | Verdict:
    """Test a pair without a hurdle against a margin in percentage points, or say why its images cannot be compared."""
    if are_identical(pair):
        reason = "unchanged: both have the same predictions to the last byte"
        return pair.verdict(Outcome.EQUIVALENT, reason, difference=0.0)
    found = paired_predictions(pair, baseline, candidate)
    if isinstance(found, Hurdle):
        return pair.stopped(found)
    broken = _broken(found)
    if broken:
        reason = f"{broken:,} of {len(found.baseline.labels):,} images have scores that are no finite numbers"
        return pair.verdict(Outcome.INCONCLUSIVE, reason)
    test = _share_test(pair, found, margin) if pair.metric.guesses is not None else _likelihood_test(found, margin)
    return Tested(test.loss_p_value, lambda p_value, _tests: _verdict(pair, found, test, p_value, policy))


@dataclass(frozen=True, slots=True)
class _Test:
    """Where the difference lies to both ends of the margin, as standard normal statistics."""

    words: str
    """The difference: "12 of 2,000 images lost and 9 gained, -0.150 points"."""
    margin_words: str
    difference: float
    """In the metric's unit."""
    loss: float
    """Against a loss of the margin: far below 0 where less is lost."""
    gain: float
    """Against a gain of the margin, likewise."""

    @property
    def p_value(self) -> float:
        """Return the greater p-value of the two one-sided tests: that the difference reaches either end."""
        return _below(max(self.loss, self.gain))

    @property
    def loss_p_value(self) -> float:
        """Return the p-value, doubled as that of a two-sided test, that the loss is no larger than the margin."""
        return min(1.0, 2.0 * _below(-self.loss))

    @property
    def gain_p_value(self) -> float:
        """Return the same of the gain."""
        return min(1.0, 2.0 * _below(-self.gain))


def _below(statistic: float) -> float:
    """Return how probable less is of a standard normal number."""
    return 0.5 * erfc(-statistic / sqrt(2.0))


def _share_test(pair: Pair, found: PairedPredictions, margin: float) -> _Test:
    old, new = hits(pair.metric, found.baseline), hits(pair.metric, found.candidate)
    lost, gained, images = int((old & ~new).sum()), int((~old & new).sum()), len(old)
    difference = 100.0 * (gained - lost) / images
    words = f"{lost:,} of {images:,} images lost and {gained:,} gained, {difference:+.3f} points"
    share = margin / 100.0
    return _Test(
        words,
        f"{margin:g} points",
        difference,
        share_lost_beyond(lost, gained, images, share),
        share_lost_beyond(gained, lost, images, share),
    )


def _likelihood_test(found: PairedPredictions, margin: float) -> _Test:
    differences = likelihoods(found.candidate) - likelihoods(found.baseline)
    nats = margin * LIKELIHOOD_MARGIN
    mean = float(differences.mean())
    words = f"{mean:+.5f} nats over {len(differences):,} images"
    return _Test(words, f"{nats:g} nats", mean, mean_beyond(differences, nats), mean_beyond(-differences, nats))


def _verdict(pair: Pair, found: PairedPredictions, test: _Test, loss_p_value: float, policy: Policy) -> Verdict:
    changed = int((first_guesses(found.baseline) != first_guesses(found.candidate)).sum())
    images = len(found.baseline.labels)
    churn = f"; churn: {100.0 * changed / images:.2f} % of the top-1 predictions changed ({changed:,} of {images:,})"
    outcome, p_value = Outcome.INCONCLUSIVE, test.p_value
    if test.p_value < policy.significance:
        outcome, said = Outcome.EQUIVALENT, f"equal within {test.margin_words}"
    elif loss_p_value < policy.significance:
        outcome, said = Outcome.REGRESSED, f"more than {test.margin_words} lost"
        p_value = loss_p_value
    elif test.gain_p_value < policy.significance:
        outcome, said = Outcome.IMPROVED, f"not equal but better, by more than {test.margin_words}"
        p_value = test.gain_p_value
    else:
        said = f"neither within {test.margin_words} nor beyond, by what these images can tell"
    evidence: dict[str, Json] = {
        "test": "two one-sided tests on paired images (Tango's score for shares, Student's t for likelihoods)",
        "margin": test.margin_words,
        "images": images,
        "changed_top1": changed,
        "churn_percent": 100.0 * changed / images,
    }
    reason = f"{said}: {test.words} ({p_text(p_value)}){churn if pair.metric.guesses == 1 else ''}"
    verdict = pair.verdict(outcome, reason, difference=test.difference, p_value=p_value, evidence=evidence)
    return replace(verdict, warnings=tuple(_made_otherwise(pair)))


def _made_otherwise(pair: Pair) -> Iterator[str]:
    """Say in what the two sides differ on purpose; once a variant, with its top-1."""
    if pair.metric.guesses != 1 or pair.baseline is None or pair.candidate is None:
        return
    old, new = pair.baseline, pair.candidate
    told: tuple[tuple[str, Callable[[Record], object]], ...] = (
        ("variant", lambda record: record.variant),
        ("precision", lambda record: record.environment.precision),
        ("implementation", lambda record: record.environment.implementation),
    )
    unlike = [f"{name} {of(old)} against {of(new)}" for name, of in told if of(old) != of(new)]
    if unlike:
        yield f"Compared on purpose: {', '.join(unlike)}."


def _broken(found: PairedPredictions) -> int:
    is_broken = np.zeros(len(found.baseline.labels), dtype=bool)
    for side in (found.baseline, found.candidate):
        is_broken |= ~(np.isfinite(side.nll) & np.isfinite(side.scores[:, 0]))
    return int(is_broken.sum())
