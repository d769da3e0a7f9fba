"""How often a check is right: `python -m tests.regression.calibration` measures it and writes docs/calibration.md.

Runs are drawn from stated models of what happens when nothing changed, and when something did; what decides on them are
the very functions of `pwc_bench.regression`, six variants at a time. Seeds are fixed, so the table can be tested.
"""

import gc
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.stats

from pwc_bench.core.metric import Better
from pwc_bench.core.verdict import Outcome, Policy
from pwc_bench.hardware import MOST_TAKEN
from pwc_bench.metrics import load_metrics
from pwc_bench.regression.paired import Flips, outcome_of_flips, outcome_of_likelihoods
from pwc_bench.regression.sampled import RunsTest, outcome_of_runs
from pwc_bench.statistics import holm, mcnemar_exact, paired_t, shift_between_runs

__all__ = [
    "DOCUMENT",
    "IMAGES",
    "RUNS",
    "VARIANTS",
    "Machine",
    "Rate",
    "decide_flips",
    "decide_speeds",
    "draw_flips",
    "measure",
    "short_table",
    "table",
]

RUNS = 1_000
VARIANTS = 6
IMAGES = 50_000
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "calibration.md"

_FLIPS_PERCENT = (0.5, 1.0, 2.0, 3.0)
_LOSS_POINTS = 0.3
_LIKELIHOOD_IMAGES = 10_000
_LIKELIHOOD_RUNS = 400
_ROUNDS = 20
_POLICY = Policy()
_THROUGHPUT = load_metrics()["throughput"]

Generator: TypeAlias = np.random.Generator
Runs: TypeAlias = "npt.NDArray[np.float64]"
"""Shape (runs, rounds), the newest run first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often runs under one condition had a given end."""

    what: str
    """The change, in words."""
    condition: str
    """What else holds."""
    found: int
    """Checks in which a variant was called regressed: the one that changed, or any where none did."""
    undecided: int
    """Checks that ended otherwise, with something undecided (exit code 5)."""
    runs: int
    required: str
    """The bound that must hold: "< 1 %"."""
    holds: bool

    @property
    def percent(self) -> float:
        """Return the share of the checks."""
        return 100.0 * self.found / self.runs


def measure() -> tuple[Rate, ...]:
    """Run everything, in some minutes."""
    # statsmodels' `multipletests` collects garbage at each call: once it is imported, there is nothing to look through.
    holm([0.5, 0.5])
    gc.freeze()
    try:
        return (*_accuracy(), *_likelihood(), *_speed(), *_everything())
    finally:
        gc.unfreeze()


def decide_flips(flips: Sequence[Flips]) -> tuple[tuple[Outcome, float], ...]:
    """Decide on flips as a check does that tests nothing else."""
    p_values = holm([mcnemar_exact(each.lost, each.gained) for each in flips])
    return tuple(
        (outcome_of_flips(each, p_value, _POLICY), p_value) for each, p_value in zip(flips, p_values, strict=True)
    )


def draw_flips(generator: Generator, flips_percent: float, loss_points: float) -> Flips:
    """Draw what changes for one variant between two evaluations.

    Every changed prediction is one that turned right or wrong, which is the hardest case: one wrong guess for another,
    a good part of all changes in truth, would add no noise. A true loss makes more of them turn wrong.
    """
    lost = (flips_percent + loss_points) / 200.0
    gained = (flips_percent - loss_points) / 200.0
    counts = generator.multinomial(IMAGES, (lost, gained, 1.0 - lost - gained))
    return Flips(images=IMAGES, lost=int(counts[0]), gained=int(counts[1]))


def _accuracy() -> Iterator[Rate]:
    for percent in _FLIPS_PERCENT:
        condition = f"{percent:g} % of predictions flipped"
        alone = _count(lambda g, p=percent: _flipped(g, (p,)), seed=1)  # type: ignore[misc]
        yield _false_alarm("top-1 unchanged", condition, alone)
        # A fifth of the changes reach the first five. Drawn apart from top-1, which can only make more alarms.
        both = _count(lambda g, p=percent: _flipped(g, (p, p / 5.0)), seed=2)  # type: ignore[misc]
        yield _false_alarm("top-1 and top-5 unchanged", condition, both)
    required = {1.0: 99.0, 2.0: 90.0}
    for percent in _FLIPS_PERCENT:
        caught = _count(lambda g, p=percent: _is_caught(g, p), seed=3)  # type: ignore[misc]
        what = f"{_LOSS_POINTS:g} points of top-1 lost by one variant"
        yield _power(what, f"{percent:g} % of predictions flipped", caught, required.get(percent))


def _flipped(generator: Generator, percents: tuple[float, ...]) -> Outcome:
    flips = [draw_flips(generator, percent, 0.0) for percent in percents for _ in range(VARIANTS)]
    return _gravest(outcome for outcome, _ in decide_flips(flips))


def _is_caught(generator: Generator, percent: float) -> Outcome:
    """Tell what becomes of the one variant that lost, among five that did not."""
    losses = (_LOSS_POINTS, *(0.0 for _ in range(VARIANTS - 1)))
    return decide_flips([draw_flips(generator, percent, loss) for loss in losses])[0][0]


def _likelihood() -> Iterator[Rate]:
    none = (0.0,) * VARIANTS
    condition = "10,000 images, differences of 0.1 nats with long tails"
    alarms = _count(lambda g: _gravest(_likelihoods(g, none)), seed=4, runs=_LIKELIHOOD_RUNS)
    yield _false_alarm("likelihood unchanged", condition, alarms, _LIKELIHOOD_RUNS)
    lost = (0.005, *none[1:])
    caught = _count(lambda g: next(iter(_likelihoods(g, lost))), seed=5, runs=100)
    yield _power("0.005 nats lost by one variant", condition, caught, 90.0, 100)


def _likelihoods(generator: Generator, shifts: tuple[float, ...]) -> Iterator[Outcome]:
    drawn = [_nats(generator, shift) for shift in shifts]
    for each, p_value in zip(drawn, holm([paired_t(each) for each in drawn]), strict=True):
        yield _outcome_of_nats(each, p_value)


def _nats(generator: Generator, shift: float) -> npt.NDArray[np.float32]:
    """Draw differences with long tails: few images, of which some move by much."""
    normal = generator.standard_normal((2, _LIKELIHOOD_IMAGES), dtype=np.float32)
    return np.asarray(0.1 * normal[0] * normal[1] + shift, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Machine:
    """How speeds vary where nothing changes."""

    words: str
    drift: float = 0.005
    """The standard deviation between runs, as a share, of each variant and metric by itself."""
    common: float = 0.0
    """The same of a factor that all variants and metrics of a run share."""
    memory: float = 0.0
    """How much of a round's noise the next one keeps: the coefficient of an AR(1) process."""
    contended: float = 0.0
    """The share of runs during which a neighbour takes 20 to 60 % of the speed, for some rounds or all."""
    is_watched: bool = False
    """Whether a run notices that others took more than a tenth of it, as `hardware.LoadWatch` does on Linux."""

    def runs(self, generator: Generator, count: int, tests: int) -> npt.NDArray[np.float64]:
        """Draw the rounds of runs, shape (tests, count, rounds), about 1.

        Noise of 3 %, up to 2 % of drift within a run, and 5 % of the rounds slower by 10 to 50 %. A run that is noticed
        to be disturbed is NaN.
        """
        shape = (tests, count, _ROUNDS)
        own = generator.normal(0.0, self.drift, (tests, count, 1))
        shared = generator.normal(0.0, self.common, (1, count, 1))
        steps = generator.normal(0.0, 0.03, shape)
        noise = np.empty(shape)
        noise[..., 0] = steps[..., 0]
        for later in range(1, _ROUNDS):  # the noise's own standard deviation stays 3 %
            kept = math.sqrt(1.0 - self.memory**2) * steps[..., later]
            noise[..., later] = self.memory * noise[..., later - 1] + kept
        within = generator.uniform(-0.02, 0.02, (tests, count, 1)) * np.linspace(0.0, 1.0, _ROUNDS)
        slow = np.where(generator.random(shape) < 0.05, generator.uniform(0.5, 0.9, shape), 1.0)
        begin, rounds = generator.integers(0, _ROUNDS, (2, tests, count, 1))
        place = np.arange(_ROUNDS)
        busy = (place >= begin) & (place < begin + 1 + rounds) & (generator.random((tests, count, 1)) < self.contended)
        left = np.where(busy, generator.uniform(0.4, 0.8, (tests, count, 1)), 1.0)
        found = np.exp(own + shared) * (1.0 + noise) * (1.0 + within) * slow * left
        if self.is_watched:
            found[1.0 - left.mean(axis=-1) > MOST_TAKEN] = np.nan
        return np.asarray(found)


_QUIET = Machine("a quiet machine")
_DRIFTING = Machine("10 % of drift between runs, AR(1) noise of 0.5", drift=0.1, memory=0.5)
_TOGETHER = Machine("10 % of drift that all variants share, AR(1) noise of 0.5", common=0.1, memory=0.5)
_CONTENDED = Machine("a neighbour in one run of five, AR(1) noise of 0.5", contended=0.2, memory=0.5, is_watched=True)
_UNSEEN = replace(_CONTENDED, words="the same, and nobody watches the load", is_watched=False)
_SPEEDS_EACH = 4
"""Throughput, two latencies and end-to-end throughput, drawn independently, which makes the most alarms."""
_SPEEDS = _SPEEDS_EACH * VARIANTS


def _speed() -> Iterator[Rate]:
    for machine in (_QUIET, _DRIFTING, _TOGETHER, _CONTENDED, _UNSEEN):
        for runs, again in ((1, 0), (5, 2)):
            alarms = _count(lambda g, a=(machine, runs, again): _gravest(_checked(g, *a)[0]), seed=6)  # type: ignore[misc]
            condition = f"{machine.words}; {_protocol(runs, again)}"
            yield _false_alarm("speed unchanged", condition, alarms, is_required=machine is not _UNSEEN)
    for runs, again, least in ((1, 0, None), (5, 0, None), (10, 0, 95.0), (5, 2, 95.0)):
        caught = _count(lambda g, a=(runs, again): _slower(g, _QUIET, *a), seed=7)  # type: ignore[misc]
        yield _power("10 % slower, one variant", f"{_QUIET.words}; {_protocol(runs, again)}", caught, least)
    caught = _count(lambda g: _slower(g, _DRIFTING, 5, 2), seed=8)
    yield _power("10 % slower, one variant", f"{_DRIFTING.words}; {_protocol(5, 2)}", caught, None)


def _protocol(runs: int, again: int) -> str:
    measured = f"the candidate's run against {runs}" if runs > 1 else "one run against one"
    return f"{measured}, suspects measured {again} times more" if again else measured


def _slower(
    generator: Generator, machine: Machine, baseline_runs: int, again: int, images: Sequence[float] = ()
) -> Outcome:
    """Return what becomes of a variant of which all speeds are 10 % lower, among five that are as before."""
    outcomes, _ = _checked(generator, machine, baseline_runs, again, images, first_speed=0.9)
    return _gravest(outcomes[:_SPEEDS_EACH])


def _checked(
    generator: Generator,
    machine: Machine,
    baseline_runs: int,
    again: int,
    images: Sequence[float] = (),
    first_speed: float = 1.0,
) -> tuple[list[Outcome], list[float]]:
    """Decide on all speeds of a check that makes other tests too, with p-values `images`; return the speeds' p-values.

    What is suspected or called a loss is measured `again` times more. The first variant's true speed is `first_speed`
    times that of before.
    """
    old = machine.runs(generator, baseline_runs, _SPEEDS)
    new = machine.runs(generator, 1 + again, _SPEEDS)
    new[:_SPEEDS_EACH] *= first_speed
    firsts = decide_speeds(list(old), [runs[:1] for runs in new], images)
    is_suspect = [outcome in (Outcome.REGRESSED, Outcome.INCONCLUSIVE) for outcome in firsts[0]]
    if not again or not any(is_suspect):
        return firsts
    measured = [runs if suspect else runs[:1] for runs, suspect in zip(new, is_suspect, strict=True)]
    return decide_speeds(list(old), measured, images)


def decide_speeds(
    old: Sequence[Runs], new: Sequence[Runs], images: Sequence[float] = ()
) -> tuple[list[Outcome], list[float]]:
    """Decide on speeds, each with runs of shape (runs, rounds), the newest first, as a check does on their records.

    It is what `prepare_sampled` does for one pair after the other, for all of them at once. Returns the p-values of
    what was tested too, before the correction.
    """
    runs = np.concatenate([*old, *new])
    levels, is_quiet = np.median(runs, axis=1), _are_quiet(runs)
    begins = np.cumsum([0, *(len(each) for each in (*old, *new))])
    places = [np.arange(begin, end)[is_quiet[begin:end]] for begin, end in pairwise(begins)]
    pairs = list(zip(places[: len(old)], places[len(old) :], strict=True))
    tested = [both for both in pairs if all(map(len, both))]
    if not tested:
        return [Outcome.INCONCLUSIVE] * len(pairs), []
    newest = [runs[[both[side][0] for both in tested]] for side in (0, 1)]
    rounds = scipy.stats.mannwhitneyu(*newest, axis=1).pvalue.tolist()
    shifts = [shift_between_runs(levels[first], levels[second], _POLICY.run_drift / 100.0) for first, second in tested]
    tests = [RunsTest(shift, p_value) for shift, p_value in zip(shifts, rounds, strict=True)]
    p_values = [test.p_value for test in tests]
    decided = iter(zip(tests, holm([*p_values, *images]), strict=False))
    outcomes = [
        outcome_of_runs(*next(decided), Better.HIGHER, _POLICY) if all(map(len, both)) else Outcome.INCONCLUSIVE
        for both in pairs
    ]
    return outcomes, p_values


def _are_quiet(runs: Runs) -> "npt.NDArray[np.bool_]":
    """Tell which runs were not noticed to be disturbed, nor show it by their rounds."""
    low, middle, high = np.percentile(runs, (25, 50, 75), axis=1)
    return np.asarray((high - low) / middle <= (_THROUGHPUT.quiet_spread or 1.0))  # False for NaN


def _everything() -> Iterator[Rate]:
    """Draw whole checks: top-1, top-5, likelihood and four speeds of six variants as one family."""
    for machine in (_QUIET, _DRIFTING, _CONTENDED):
        alarms = _count(lambda g, m=machine: _whole_check(g, m), seed=9)  # type: ignore[misc]
        condition = f"2 % of predictions flipped; {machine.words}; {_protocol(5, 2)}"
        yield _false_alarm("nothing changed, all metrics", condition, alarms)
    caught = _count(lambda g: _slower(g, _QUIET, 5, 2, [p for p, _ in _images(g)]), seed=10)
    condition = f"2 % of predictions flipped; {_QUIET.words}; {_protocol(5, 2)}"
    yield _power("10 % slower, one variant, all metrics compared", condition, caught, 95.0)


def _whole_check(generator: Generator, machine: Machine) -> Outcome:
    images = _images(generator)
    speeds, of_speeds = _checked(generator, machine, 5, 2, [p_value for p_value, _ in images])
    corrected = holm([*(p_value for p_value, _ in images), *of_speeds])
    decided = [decide(p_value) for (_, decide), p_value in zip(images, corrected, strict=False)]
    return _gravest((*decided, *speeds))


def _images(generator: Generator) -> list[tuple[float, Callable[[float], Outcome]]]:
    """Draw what is compared image by image where nothing changed: p-values, and what each comes to once corrected."""
    flips = [draw_flips(generator, percent, 0.0) for percent in (2.0, 0.4) for _ in range(VARIANTS)]
    nats = [_nats(generator, 0.0) for _ in range(VARIANTS)]
    return [
        *((mcnemar_exact(f.lost, f.gained), partial(outcome_of_flips, f, policy=_POLICY)) for f in flips),
        *((paired_t(n), partial(_outcome_of_nats, n)) for n in nats),
    ]


def _outcome_of_nats(differences: npt.NDArray[np.float32], p_value: float) -> Outcome:
    return outcome_of_likelihoods(differences, p_value, _POLICY)[0]


def _gravest(outcomes: "Iterator[Outcome] | Sequence[Outcome]") -> Outcome:
    found = set(outcomes)
    for outcome in (Outcome.REGRESSED, Outcome.INCONCLUSIVE):
        if outcome in found:
            return outcome
    return Outcome.SAME


def _count(ends: Callable[[Generator], Outcome], *, seed: int, runs: int = RUNS) -> Counter[Outcome]:
    generator = np.random.default_rng(seed)
    return Counter(ends(generator) for _ in range(runs))


def _false_alarm(
    what: str, condition: str, found: Counter[Outcome], runs: int = RUNS, *, is_required: bool = True
) -> Rate:
    called = found[Outcome.REGRESSED]
    required = "false alarm in < 1 %" if is_required else ""
    holds = not is_required or 100.0 * called / runs < 1.0
    return Rate(what, condition, called, found[Outcome.INCONCLUSIVE], runs, required, holds)


def _power(what: str, condition: str, found: Counter[Outcome], least_percent: float | None, runs: int = RUNS) -> Rate:
    called = found[Outcome.REGRESSED]
    rate = Rate(what, condition, called, found[Outcome.INCONCLUSIVE], runs, "", True)
    if least_percent is None:
        return rate
    return replace(rate, required=f"caught in >= {least_percent:g} %", holds=rate.percent >= least_percent)


def table(rates: tuple[Rate, ...]) -> str:
    """Return the text of docs/calibration.md."""
    rows = "".join(
        f"| {rate.what} | {rate.condition} | {rate.percent:.1f} % of {rate.runs:,} "
        f"| {100.0 * rate.undecided / rate.runs:.1f} % | {rate.required or 'nothing'} |\n"
        for rate in rates
    )
    return _HEAD + rows


def short_table(rates: tuple[Rate, ...]) -> str:
    """Return the rows that README.md shows: one column for each share of flipped predictions."""

    def row(what: str, words: str) -> str:
        cells = [f"{rate.percent:.1f} %" for rate in rates if rate.what == what]
        return f"| {words} | {' | '.join(cells)} |\n"

    heading = "".join(f" {percent:g} % flipped |" for percent in _FLIPS_PERCENT)
    return (
        f"| 1,000 simulated checks of six variants, 50,000 images |{heading}\n|---|--:|--:|--:|--:|\n"
        + row("top-1 and top-5 unchanged", "nothing changed: a false alarm in any variant")
        + row(f"{_LOSS_POINTS:g} points of top-1 lost by one variant", "0.3 points of top-1 lost by one: caught")
    )


_HEAD = f"""\
# How often a check is right

Measured by simulation with the functions that decide in `pwc-bench check`, at its default thresholds: {VARIANTS}
variants checked together, {IMAGES:,} images each unless a row says otherwise. `python -m
tests.regression.calibration` measures it again and writes this page; a slow test does so too. The models are on the
hard side:

- every flipped prediction turns right or wrong, none is one wrong guess for another;
- a true loss is one variant's, so that the correction for all that is tested works against finding it;
- four speeds of each variant are drawn independently, {4 * VARIANTS} tests in all, which makes the most false alarms; a
  variant that is slower is so in all four, and found where one of them is called a regression;
- rounds have 3 % of noise, drift by up to 2 % within a run, and one in twenty is slower by 10 to 50 %. On a quiet
  machine two runs differ by 0.5 % besides; with drift, by a normal 10 %, of each variant and metric by itself or of all
  together;
- a neighbour takes 20 to 60 % of the speed during some rounds of a run, or all.

## Why one run against one decides so little

The rounds of a run lie minutes apart and share whatever the machine was doing then: its temperature, its neighbours,
where memory came to lie. A test over rounds therefore answers whether *these two runs* differ, which two runs of the
same model do as well. If runs drift by a standard deviation of 10 %, the difference of two has one of 14 %, and a model
that is 10 % slower looks like one in four that is not. No test over rounds can mend that, however small its p-value.

So the run is the unit. A run's level is the median of its rounds, on the scale of logarithms, and a loss counts where
it stands out of the drift between runs:

- From three comparable runs of the baseline on, the drift is estimated from the spread within both sides, with
  Student's t at the degrees of freedom that there are. The false alarms then hold at *any* size of normal drift, and of
  noise within runs, since the level of a run carries both. What drift costs is sight: five quiet runs and a candidate
  that is measured three times show a loss of 10 % nearly always, five that drift by 10 % hardly ever, and the check
  says what it could have seen (`visible_loss_percent` in its JSON).
- With fewer, 10 % is assumed (`run-drift`; a machine that is known to be quieter may state less). One run against one
  then calls a loss only where it is beyond doubt, about 40 %, and is undecided (exit code 5) from 5 % on where the
  rounds differ.
- What is undecided is measured again: `pwc-bench check --confirm 2`, and ci/gate.sh does so by itself. Only what holds
  over all the runs is called a regression.
- Runs one after the other share a day. Let a baseline's runs lie on several days, or they promise more than the machine
  keeps; `pwc-bench check --aa N` measures how often a machine cries wolf over its own runs.
- A run that was disturbed (see `run --quiet-budget`) is left out, and where nothing else is there nothing is decided.

## Why all metrics together stay below 1 %

Holm's correction goes over everything that a check tests, all variants and metrics at once. `significance` is 1 % and
two-sided, so that a loss is called by chance in at most 0.5 % of checks, whatever depends on what. A smaller one is
stricter, and misses more; a check that is narrowed with `--metrics` or `--models` tests less, and sees more.

## What was measured

"Undecided" are the checks that called no regression and ended with exit code 5.

| What happened | Under | Called a regression | Undecided | Required |
|---|---|--:|--:|---|
"""


def main() -> None:
    """Measure, print and write the table."""
    text = table(measure())
    print(text, end="")  # noqa: T201 - the command's result
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
