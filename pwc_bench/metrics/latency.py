"""Latency: how long the model takes for a single image, typically and at worst."""

from dataclasses import dataclass
from typing import Any

from pwc_bench.core.instruments import Examination, Instrument, Measurements, Subject
from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.hardware import LoadWatch
from pwc_bench.metrics._apparatus.clock import (
    WarmUp,
    busy_caveat,
    clock_for,
    forward_once,
    noise_of_rounds,
    undisturbed,
    warm_up,
)

LEAST_FOR_P99 = 100
"""With fewer forwards the 99th percentile would be the slowest one under another name, and is left out."""


def _latency(percent: int, words: str) -> Metric:
    return Metric(
        key=f"latency_p{percent}",
        title=f"Latency p{percent}",
        unit="ms",
        better=Better.LOWER,
        kind=Kind.SAMPLED,
        scope=Scope.MODEL,
        version=1,
        tolerance=0.005,
        display=Display("ms", decimals=2),
        definition=(
            f"The time within which the model alone finishes {words} of its forwards of one image: batch 1, a "
            "random image that already lies on the device, each forward timed by itself until the device has "
            "finished it. Rounds alternate between the variants of a run; samples are the percentile of each "
            "round, and the 95 % interval lies between two order statistics of all forwards; there is none where "
            "the forwards are too few. It speaks of this run, not of the next one. It depends on the hardware and "
            "the precision, which stand with every record."
        ),
        bounds=(0.0, None),
        # The slowest forwards of a round lie further apart than its median ones on a quiet machine too.
        quiet_spread=0.1 if percent == 50 else 0.2,
    )


PERCENTILES = {
    50: _latency(50, "half"),
    95: _latency(95, "95 %"),
    99: _latency(99, "99 %"),
}


@dataclass(frozen=True, slots=True)
class LatencyPlan:
    """How long a measurement takes."""

    warm_up_forwards: int
    warm_up_seconds: float
    rounds: int
    forwards_per_round: int
    """For a model that gets through all rounds within the budget; a slower one has one forward a round."""
    budget_seconds: float

    def forwards(self, forward_seconds: float) -> int:
        """Return the forwards of a round: one of two fixed numbers, so that two runs seldom differ in it."""
        fits = self.rounds * (self.forwards_per_round + 1) * forward_seconds <= self.budget_seconds
        return self.forwards_per_round if fits else 1


CPU_PLAN = LatencyPlan(warm_up_forwards=2, warm_up_seconds=0.5, rounds=20, forwards_per_round=5, budget_seconds=4.0)
CUDA_PLAN = LatencyPlan(
    warm_up_forwards=10, warm_up_seconds=0.5, rounds=20, forwards_per_round=10, budget_seconds=float("inf")
)


def measure_latency(subject: Subject) -> Examination:
    """Measure with the plan of the subject's device."""
    return examine(subject, CUDA_PLAN if subject.settings.device_type == "cuda" else CPU_PLAN)


def examine(subject: Subject, plan: LatencyPlan) -> Examination:
    """Measure single forwards in rounds, with a pause between two of them in which another variant may have its round.

    A round of several forwards begins with an untimed one, since another variant has emptied the caches meanwhile. For
    a model that is slow enough to have one forward a round, refilling them is a small part of the time.
    """
    yield "latency: making the model"
    forward = forward_once(subject, 1)
    clock = clock_for(subject.settings.device)
    yield "latency: warming up"
    warm = warm_up(forward, clock, forwards=plan.warm_up_forwards, seconds=plan.warm_up_seconds)

    forwards = plan.forwards(warm.forward_seconds)

    def take() -> list[float]:
        if forwards > 1:
            clock(forward, 1)
        return [1000.0 * clock(forward, 1) for _ in range(forwards)]

    load = LoadWatch()
    rounds: list[list[float]] = []
    for number in range(1, plan.rounds + 1):
        what = f"latency: round {number} of {plan.rounds}"
        yield what
        rounds.append((yield from undisturbed(take, load, subject.patience, what)))
    return _measurements(rounds, warm, load)


def _measurements(rounds: list[list[float]], warm: WarmUp, load: LoadWatch) -> Measurements:
    """Return the percentiles of all forwards; `rounds` holds the milliseconds of each round's forwards."""
    import numpy as np

    times_ms = np.asarray(rounds)
    details: dict[str, Json] = {
        "batch_size": 1,
        "forwards": int(times_ms.size),
        "rounds": len(rounds),
        "forwards_per_round": len(rounds[0]),
        "mean_ms": float(times_ms.mean()),
        "least_ms": float(times_ms.min()),
        "greatest_ms": float(times_ms.max()),
        "iqr_ms": float(np.subtract(*np.percentile(times_ms, (75, 25)))),
        "warm_up_seconds": warm.total_seconds,
        "first_forward_ms": 1000.0 * warm.first_seconds,
        **load.details(),
    }
    wanted = [percent for percent in PERCENTILES if percent != 99 or times_ms.size >= LEAST_FOR_P99]
    return {PERCENTILES[percent].key: _percentile(times_ms, percent, details, load) for percent in wanted}


def _percentile(
    times_ms: Any,  # noqa: ANN401 - a numpy array
    percent: int,
    details: dict[str, Json],
    load: LoadWatch,
) -> Measurement:
    import numpy as np

    from pwc_bench.statistics import independent_values, least_for_quantile, quantile_interval

    share = percent / 100.0
    interval = quantile_interval(times_ms, share)
    worth = independent_values(times_ms, share)
    how = (
        f"none: these forwards are worth {worth} independent ones, and a 95 % interval of this percentile takes "
        f"{least_for_quantile(share)}"
        if interval is None
        else "order statistics of all forwards, 95 %, within this run"
    )
    samples = tuple(float(time) for time in np.percentile(times_ms, percent, axis=1))
    return Measurement(
        value=float(np.percentile(times_ms, percent)),
        unit="ms",
        interval=interval,
        samples=samples,
        details={**details, "interval": how, "independent_forwards": worth},
        caveats=busy_caveat(noise_of_rounds(PERCENTILES[percent], samples, load)),
    )


INSTRUMENT = Instrument(metrics=tuple(PERCENTILES.values()), gauge=measure_latency, is_timed=True)
