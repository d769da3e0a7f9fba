"""End-to-end throughput: how fast the pass over the images was, reading and decoding included."""

from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from pwc_bench.core.instruments import Instrument, Measurements
from pwc_bench.core.measurement import Measurement, PassSummary, PredictionBatch
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope, noise_of
from pwc_bench.metrics._apparatus.clock import busy_caveat

MOST_ROUNDS = 50
"""Consecutive steps are joined into at most so many rounds, so that a record of a long pass stays short and the
bootstrap sees spans that are nearly independent of each other."""

THROUGHPUT_END_TO_END = Metric(
    key="throughput_end_to_end",
    title="End-to-end throughput",
    unit="images/s",
    better=Better.HIGHER,
    kind=Kind.SAMPLED,
    scope=Scope.DATASET,
    version=1,
    tolerance=0.05,
    display=Display("images/s", decimals=1),
    definition=(
        "Images read, decoded, resized and classified per second of wall-clock time during the pass over the "
        "data, the first step left out as warm-up. Variants that share a recipe share one pass, in which each "
        "image is read once and run through all of them: the rate is that of the whole pass. The interval is "
        "a 95 % bootstrap over rounds of consecutive steps, within this run."
    ),
    bounds=(0.0, None),
    # Steps read and decode other images each.
    quiet_spread=0.2,
)


class PassMeter:
    """Reports the pass's own timing. Holds nothing."""

    def update(self, batch: PredictionBatch) -> None:
        """Ignore the predictions: the summary holds the timing."""

    def measurements(self, summary: PassSummary) -> Measurements:
        """Return images/s of the kept steps; nothing where no step was timed."""
        steps = _kept_steps(summary)
        if sum(step.seconds for step in steps) <= 0.0:
            return {}
        return {THROUGHPUT_END_TO_END.key: _measure(steps, summary)}


class _Span(NamedTuple):
    """Images and the seconds that they took."""

    images: int
    seconds: float


def _kept_steps(summary: PassSummary) -> list[_Span]:
    steps = [_Span(*step) for step in zip(summary.batch_images, summary.batch_seconds, strict=True)]
    return steps[1:] if len(steps) >= 3 else steps


def _measure(steps: list[_Span], summary: PassSummary) -> Measurement:
    from pwc_bench.statistics import bootstrap_statistic

    images, seconds = sum(step.images for step in steps), sum(step.seconds for step in steps)
    rounds = [span for span in _joined(steps) if span.seconds > 0.0]
    interval = None
    if len(rounds) > 1:  # one round says nothing about spread
        interval = bootstrap_statistic([[r.images for r in rounds], [r.seconds for r in rounds]], _rate)
    found = Measurement(
        value=images / seconds,
        unit=THROUGHPUT_END_TO_END.unit,
        interval=interval,
        samples=tuple(span.images / span.seconds for span in rounds),
        details={
            "images": images,
            "seconds": seconds,
            "steps": len(steps),
            "processes": summary.processes,
            "warm_up_steps": len(summary.batch_images) - len(steps),
            "rounds": len(rounds),
            "variants": list(summary.variants),
            "interval": None if interval is None else "percentile bootstrap over rounds, 95 %, within this run",
            **summary.load,
        },
        caveats=tuple(_caveats(steps, summary)),
    )
    return replace(found, caveats=(*busy_caveat(noise_of(THROUGHPUT_END_TO_END, found)), *found.caveats))


def _rate(images: Any, seconds: Any) -> Any:  # noqa: ANN401 - numpy arrays of shape (..., n); the last axis is summed
    return images.sum(axis=-1) / seconds.sum(axis=-1)


def _joined(steps: list[_Span]) -> list[_Span]:
    """Join consecutive steps into at most MOST_ROUNDS spans of nearly equal length."""
    count = min(MOST_ROUNDS, len(steps))
    edges = [round(i * len(steps) / count) for i in range(count + 1)]
    spans = [steps[low:high] for low, high in pairwise(edges)]
    return [_Span(sum(s.images for s in span), sum(s.seconds for s in span)) for span in spans]


def _caveats(steps: list[_Span], summary: PassSummary) -> list[str]:
    caveats = []
    others = len(summary.variants) - 1
    if others > 0:
        caveats.append(
            f"Shared one pass with {others} other variant{'s' if others > 1 else ''}: this is the rate of all together."
        )
    if summary.resumed:
        caveats.append("An interrupted pass was continued: the timing covers only its last part.")
    if summary.cached:
        caveats.append(
            f"{summary.cached:,} of {summary.images:,} images came from the crop cache and were not decoded."
        )
    if summary.processes > 1:
        caveats.append(
            f"{summary.processes} processes shared the images: timed as one step, from their common start to the end "
            "of the last one, warm-up included; there is no interval."
        )
        return caveats
    if len(steps) == 1:
        caveats.append("Only one step was timed: there is no interval.")
    if len(steps) == len(summary.batch_images):
        caveats.append("The pass was too short to leave out its first step, which warms up.")
    return caveats


INSTRUMENT = Instrument(metrics=(THROUGHPUT_END_TO_END,), meter=PassMeter)
