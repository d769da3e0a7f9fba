"""Model-only throughput: how many images a second the model alone classifies, and which share of the peak that is."""

from collections.abc import Mapping
from dataclasses import dataclass

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.instruments import Examination, Instrument, Subject
from pwc_bench.core.measurement import Json, Measurement
from pwc_bench.core.metric import Better, Column, Display, Kind, Metric, Scope
from pwc_bench.hardware import GpuWatch, LoadWatch, find_gpu
from pwc_bench.metrics._apparatus.clock import (
    PeakRounds,
    busy_caveat,
    clock_for,
    forward_once,
    forwards_to_fill,
    noise_of_rounds,
    undisturbed,
    warm_up,
)
from pwc_bench.metrics._apparatus.macs import count_macs

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
        "variants of a run; the value is the median round, the interval a 95 % bootstrap of that median "
        "within this run: how far runs lie apart it cannot know. It depends on the hardware, precision and "
        "batch size, which stand with every record."
    ),
    bounds=(0.0, None),
    column=Column.COST,
    quiet_spread=0.1,
)

MFU = Metric(
    key="mfu",
    title="MFU",
    unit="%",
    better=Better.HIGHER,
    # The quotient of two sampled numbers, of which throughput is gated by itself: a faster matrix library would look
    # like a regression of the model.
    kind=Kind.DESCRIPTIVE,
    scope=Scope.MODEL,
    version=1,
    tolerance=1.0,
    display=Display("%", decimals=1),
    definition=(
        "Model FLOPs utilisation: the arithmetic that the model needs, two operations for each multiply-add "
        "that GFLOPs count, times its images per second, as a share of what a large square matrix product reaches on "
        "the same device at the same precision, measured between the same rounds. The peak is that measured one, "
        "not the one of a data sheet. The arithmetic is the reference implementation's, also where another one "
        "leaves some of it out."
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
    rounds: int
    """However slow the model: with fewer than 20 a side, `check` cannot tell one that is 10 % slower from chance."""
    peak_rounds: int
    """About so many rounds of the matrix product are spread over the others."""
    peak_round_seconds: float


CPU_PLAN = RoundPlan(
    warm_up_forwards=2,
    warm_up_seconds=0.5,
    round_seconds=0.1,
    rounds=20,
    peak_rounds=5,
    peak_round_seconds=0.05,
)
CUDA_PLAN = RoundPlan(
    warm_up_forwards=10,
    warm_up_seconds=0.5,
    round_seconds=0.1,
    rounds=20,
    peak_rounds=10,
    peak_round_seconds=0.1,
)


def measure_throughput(subject: Subject) -> Examination:
    """Measure with the plan of the subject's device."""
    return examine(subject, CUDA_PLAN if subject.settings.device_type == "cuda" else CPU_PLAN)


def examine(subject: Subject, plan: RoundPlan) -> Examination:
    """Measure images/s in rounds, with a pause between two of them in which another variant may have its round.

    After some of the rounds the matrix product that MFU is measured against has a round of its own, so that both see
    the same clocks, temperature and neighbours.
    """
    settings = subject.settings
    yield "throughput: counting multiply-adds"
    macs = _macs(subject)
    yield "throughput: making the model"
    watch = GpuWatch(find_gpu(settings.device))
    clock = clock_for(settings.device, meanwhile=watch.look)
    forward = forward_once(subject, settings.batch_size)
    yield "throughput: warming up"
    warm = warm_up(forward, clock, forwards=plan.warm_up_forwards, seconds=plan.warm_up_seconds)
    peak = PeakRounds(settings, clock_for(settings.device), plan.peak_round_seconds)
    watch.forget()

    forwards = forwards_to_fill(plan.round_seconds, warm.forward_seconds)
    load = LoadWatch()
    rates = []
    for number in range(1, plan.rounds + 1):
        what = f"throughput: round {number} of {plan.rounds}"
        yield what
        seconds = yield from undisturbed(lambda: clock(forward, forwards), load, subject.patience, what)
        rates.append(forwards * settings.batch_size / seconds)
        if number % -(-plan.rounds // plan.peak_rounds) == 0:
            peak.take_round()
    details: dict[str, Json] = {
        "rounds": plan.rounds,
        "forwards_per_round": forwards,
        "batch_size": settings.batch_size,
        "warm_up_seconds": warm.total_seconds,
        "first_forward_ms": 1000.0 * warm.first_seconds,
    }
    noise = noise_of_rounds(THROUGHPUT, tuple(rates), load)
    seen = (*busy_caveat(noise), *watch.caveats())
    found = {THROUGHPUT.key: _throughput(tuple(rates), details | watch.details() | load.details(), seen)}
    if macs is not None:
        found[MFU.key] = _mfu(tuple(rates), macs, peak, subject.settings.implementation)
    return found


def _macs(subject: Subject) -> int | None:
    """Count the multiply-adds of one image; None for a model that nobody can count, which still has a speed."""
    try:
        return count_macs(subject).counts.total
    except EvaluationError:
        return None


def _throughput(rates: tuple[float, ...], settled: Mapping[str, Json], seen: tuple[str, ...]) -> Measurement:
    import numpy as np

    from pwc_bench.statistics import bootstrap_median

    low, median, high = (float(q) for q in np.percentile(rates, (25, 50, 75)))
    return Measurement(
        value=median,
        unit=THROUGHPUT.unit,
        interval=bootstrap_median(rates),
        samples=rates,
        details={
            "iqr": high - low,
            "quartiles": [low, high],
            "interval": "percentile bootstrap of the median round, 95 %, within this run",
            **settled,
        },
        caveats=seen,
    )


def _mfu(rates: tuple[float, ...], macs: int, peak: PeakRounds, implementation: str) -> Measurement:
    from statistics import median

    from pwc_bench.statistics import bootstrap_median

    samples = tuple(100.0 * 2.0 * macs * rate / peak.flops_per_second for rate in rates)
    value = median(samples)
    above = "Faster than the matrix product beside it: the peak was measured too low, or the model left work out."
    counted = (
        f"The arithmetic is counted on the reference implementation; the {implementation} one leaves out what the "
        "logits do not need, so its share of the peak reads somewhat high."
    )
    return Measurement(
        value=value,
        unit=MFU.unit,
        interval=bootstrap_median(samples),
        samples=samples,
        details={
            "convention": "2 x multiply-adds x images/s / peak; multiply-adds as in GFLOPs",
            "multiply_adds": macs,
            "interval": "of the median round, 95 %, within this run, the peak taken as exact",
            **peak.details(),
        },
        caveats=(*((above,) if value > 100.0 else ()), *((counted,) if implementation != "reference" else ())),
    )


INSTRUMENT = Instrument(metrics=(THROUGHPUT, MFU), gauge=measure_throughput, is_timed=True)
