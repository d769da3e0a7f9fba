"""Energy per image, from the counter of the GPU's board or of the processor."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from pwc_bench.core.instruments import Examination, Instrument, Measurements, Subject
from pwc_bench.core.measurement import Measurement
from pwc_bench.core.metric import Better, Display, Kind, Metric, Scope
from pwc_bench.hardware import cpu_energy_counter, find_gpu
from pwc_bench.metrics._apparatus.clock import Clock, clock_for, forward_once, forwards_to_fill, warm_up

ENERGY = Metric(
    key="energy",
    title="Energy",
    unit="J/image",
    better=Better.LOWER,
    # The counter holds the whole board or package, its idle power, its fans' work and its neighbours' programs, and
    # moves with the room's temperature: worth showing, too blunt for a gate.
    kind=Kind.DESCRIPTIVE,
    scope=Scope.MODEL,
    version=1,
    tolerance=0.01,
    display=Display("J", decimals=3),
    definition=(
        "Energy that the GPU's board (NVML's total energy counter) or the processor's packages (RAPL) took for one "
        "image, at the throughput's batch size and settings, idle power included: the model alone, on a batch that "
        "already lies on the device. Each round runs from one step of the counter to another; the value is the "
        "median round, the interval a 95 % bootstrap of that median within this run. "
        "Absent where there is no counter that may be read."
    ),
    bounds=(0.0, None),
)


@dataclass(frozen=True, slots=True)
class EnergyPlan:
    """How long a measurement takes."""

    rounds: int
    round_seconds: float
    lead_seconds: float
    """Work before each round, longer than the counter lags behind, so that it lags alike at both ends."""
    chunk_seconds: float
    """Between two looks at the counter."""
    patience_seconds: float
    """A counter that has not moved within this time is no counter."""


PLAN = EnergyPlan(rounds=10, round_seconds=0.5, lead_seconds=0.15, chunk_seconds=0.01, patience_seconds=2.0)


@dataclass(frozen=True, slots=True)
class Meter:
    """A counter of energy."""

    joules: Callable[[], float]
    """Ever rising, in steps."""
    name: str


def measure_energy(subject: Subject) -> Examination:
    """Measure with the counter of the subject's device; nothing where there is none."""
    return examine(subject, _meter(subject.settings.device), PLAN)


def examine(subject: Subject, meter: Meter | None, plan: EnergyPlan) -> Examination:
    """Measure J/image in rounds, with a pause between two of them in which another variant may have its round."""
    if meter is None:
        return {}
    settings = subject.settings
    yield "energy: making the model and warming up"
    forward, clock = forward_once(subject, settings.batch_size), clock_for(settings.device)
    warm = warm_up(forward, clock, forwards=2, seconds=0.2)
    work = _Work(forward, clock, forwards_to_fill(plan.chunk_seconds, warm.forward_seconds), meter.joules)
    rounds = []
    for number in range(1, plan.rounds + 1):
        yield f"energy: round {number} of {plan.rounds}"
        found = work.round(plan)
        if found is None:
            return {}
        rounds.append(found)
    return _measured(rounds, settings.batch_size, meter)


@dataclass(frozen=True, slots=True)
class _Round:
    joules: float
    forwards: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Work:
    """A model at work, beside a counter."""

    forward: Callable[[], object]
    clock: Clock
    chunk: int
    """Forwards between two looks at the counter."""
    joules: Callable[[], float]

    def round(self, plan: EnergyPlan) -> _Round | None:
        """Work from one step of the counter to the first one after the round's time; None where it stands still."""
        lead = 0.0
        while lead < plan.lead_seconds:
            lead += self._run()
        if self._until_step(plan) is None:
            return None
        began, forwards, seconds = self.joules(), 0, 0.0
        while seconds < plan.round_seconds:
            seconds += self._run()
            forwards += self.chunk
        last = self._until_step(plan)
        if last is None:
            return None
        return _Round(self.joules() - began, forwards + last.forwards, seconds + last.seconds)

    def _until_step(self, plan: EnergyPlan) -> _Round | None:
        before, forwards, seconds = self.joules(), 0, 0.0
        while self.joules() == before:
            if seconds > plan.patience_seconds:
                return None
            seconds += self._run()
            forwards += self.chunk
        return _Round(0.0, forwards, seconds)

    def _run(self) -> float:
        return self.clock(self.forward, self.chunk)


def _meter(device: str) -> Meter | None:
    if device.partition(":")[0] == "cuda":
        gpu = find_gpu(device)
        if gpu is None or gpu.energy_joules() is None:
            return None
        return Meter(lambda: gpu.energy_joules() or 0.0, "NVML total energy of the board")
    counter = cpu_energy_counter()
    return None if counter is None else Meter(counter, "RAPL, all processor packages")


def _measured(rounds: list[_Round], batch_size: int, meter: Meter) -> Measurements:
    from pwc_bench.statistics import bootstrap_median

    samples = tuple(r.joules / (r.forwards * batch_size) for r in rounds)
    joules, seconds = sum(r.joules for r in rounds), sum(r.seconds for r in rounds)
    measurement = Measurement(
        value=median(samples),
        unit=ENERGY.unit,
        interval=bootstrap_median(samples),
        samples=samples,
        details={
            "counter": meter.name,
            "joules": joules,
            "seconds": seconds,
            "mean_watts": joules / seconds,
            "images": batch_size * sum(r.forwards for r in rounds),
            "batch_size": batch_size,
            "rounds": len(rounds),
            "interval": "percentile bootstrap of the median round, 95 %, within this run",
        },
    )
    return {ENERGY.key: measurement}


INSTRUMENT = Instrument(metrics=(ENERGY,), gauge=measure_energy, is_timed=True)
