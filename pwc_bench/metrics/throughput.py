"""Model-only throughput: how many images a second the model alone classifies."""

from dataclasses import dataclass

from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.metrics._apparatus.clock import WarmUp, clock_for, forward_once, forwards_to_fill, warm_up

__all__ = ["CPU_PLAN", "CUDA_PLAN", "INSTRUMENT", "RoundPlan", "examine"]

THROUGHPUT = Metric(
    key="throughput",
    title="Throughput",
    unit="images/s",
    better=Better.HIGHER,
    kind=Kind.SAMPLED,
    scope=Scope.MODEL,
    version=1,
    tolerance=0.05,
    display=Display("images/s", decimals=1),
    definition=(
        "Images classified per second by the model alone, on a random batch that already lies on the device: "
        "no reading, decoding or copying. After a warm-up, rounds of at least 0.1 s alternate between the "
        "variants of a run; the value is the median round, the interval a 95 % bootstrap of that median. It "
        "depends on the hardware, precision and batch size, which stand with every record."
    ),
    bounds=(0.0, None),
)


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """How long a measurement takes."""

    warm_up_forwards: int
    warm_up_seconds: float
    round_seconds: float
    """A round has as many forwards as fill this."""
    least_rounds: int
    most_rounds: int
    budget_seconds: float
    """Between the least and the most rounds, as many as fit into this."""

    def rounds(self, seconds_each: float) -> int:
        """Return the number of rounds of so many seconds."""
        fitting = int(self.budget_seconds / max(seconds_each, 1e-9))
        return min(self.most_rounds, max(self.least_rounds, fitting))


CPU_PLAN = RoundPlan(
    warm_up_forwards=2, warm_up_seconds=0.5, round_seconds=0.1, least_rounds=10, most_rounds=20, budget_seconds=5.0
)
CUDA_PLAN = RoundPlan(
    warm_up_forwards=10, warm_up_seconds=0.5, round_seconds=0.1, least_rounds=20, most_rounds=20, budget_seconds=5.0
)


def measure_throughput(subject: Subject) -> Examination:
    """Measure with the plan of the subject's device."""
    return examine(subject, CUDA_PLAN if subject.settings.device_type == "cuda" else CPU_PLAN)


def examine(subject: Subject, plan: RoundPlan) -> Examination:
    """Measure images/s in rounds, with a pause between two of them in which another variant may have its round."""
    batch_size = subject.settings.batch_size
    yield "throughput: making the model"
    forward = forward_once(subject, batch_size)
    clock = clock_for(subject.settings.device)
    yield "throughput: warming up"
    warm = warm_up(forward, clock, forwards=plan.warm_up_forwards, seconds=plan.warm_up_seconds)

    forwards = forwards_to_fill(plan.round_seconds, warm.forward_seconds)
    rounds = plan.rounds(forwards * warm.forward_seconds)
    rates = []
    for number in range(1, rounds + 1):
        yield f"throughput: round {number} of {rounds}"
        rates.append(forwards * batch_size / clock(forward, forwards))
    return {THROUGHPUT.key: _measurement(tuple(rates), forwards, batch_size, warm)}


def _measurement(rates: tuple[float, ...], forwards: int, batch_size: int, warm: WarmUp) -> Measurement:
    import numpy as np

    from pwc_bench.statistics import bootstrap_median

    low, median, high = (float(q) for q in np.percentile(rates, (25, 50, 75)))
    spread = (high - low) / median
    caveats = (f"The middle half of the rounds spans {spread:.0%} of the median: the machine was busy or throttled.",)
    return Measurement(
        value=median,
        unit=THROUGHPUT.unit,
        interval=bootstrap_median(rates),
        samples=rates,
        details={
            "iqr": high - low,
            "quartiles": [low, high],
            "rounds": len(rates),
            "forwards_per_round": forwards,
            "batch_size": batch_size,
            "warm_up_seconds": warm.total_seconds,
            "first_forward_ms": 1000.0 * warm.first_seconds,
            "interval": "percentile bootstrap of the median round, 95 %",
        },
        caveats=caveats if spread > 0.1 else (),
    )


INSTRUMENT = Instrument(metrics=(THROUGHPUT,), gauge=measure_throughput, is_timed=True)
