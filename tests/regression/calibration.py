"""How often a check is right: `python -m tests.regression.calibration` measures it and writes docs/calibration.md.

Runs are drawn from stated models of what happens when nothing changed, and when something did; what decides on them are
the very functions of `pwc_bench.regression`, six variants at a time. Seeds are fixed, so the table can be tested.
"""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pwc_bench.core.metric import Better
from pwc_bench.core.policy import Policy
from pwc_bench.core.verdict import Outcome
from pwc_bench.regression.accuracy import Flips, decide_flips
from pwc_bench.regression.likelihood import decide_likelihood
from pwc_bench.regression.sampled import decide_rounds
from pwc_bench.statistics import holm

__all__ = ["DOCUMENT", "IMAGES", "RUNS", "VARIANTS", "Rate", "draw_flips", "measure", "short_table", "table"]

RUNS = 1_000
VARIANTS = 6
IMAGES = 50_000
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "calibration.md"

_FLIPS_PERCENT = (0.5, 1.0, 2.0, 3.0)
_LOSS_POINTS = 0.3
_LIKELIHOOD_IMAGES = 10_000
_LIKELIHOOD_RUNS = 400
_ROUNDS = 20
_SLOWER = 0.9
_POLICY = Policy()

Generator: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True)
class Rate:
    """How often runs under one condition had a given end."""

    what: str
    """The change, in words."""
    condition: str
    """What else holds."""
    found: int
    """Runs in which a variant was called regressed: the one that changed, or any where none did."""
    runs: int
    required: str
    """The bound that must hold: "< 1 %"."""
    holds: bool

    @property
    def percent(self) -> float:
        """Return the share of the runs."""
        return 100.0 * self.found / self.runs


def measure() -> tuple[Rate, ...]:
    """Run everything, in about a quarter of a minute."""
    # statsmodels' `multipletests` collects garbage at each call: once it is imported, there is nothing to look through.
    holm([0.5, 0.5])
    gc.freeze()
    try:
        return (*_accuracy(), *_likelihood(), *_speed())
    finally:
        gc.unfreeze()


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
        alarms = _count(lambda g, p=percent: _is_alarm(g, p), seed=1)  # type: ignore[misc]
        yield _false_alarm("top-1 unchanged", condition, alarms)
        # A fifth of the changes reach the first five. Drawn apart from top-1, which can only make more alarms.
        both = _count(lambda g, p=percent: _is_alarm(g, p) | _is_alarm(g, p / 5.0), seed=2)  # type: ignore[misc]
        yield _false_alarm("top-1 and top-5 unchanged", condition, both)
    required = {1.0: 99.0, 2.0: 90.0}
    for percent in _FLIPS_PERCENT:
        caught = _count(lambda g, p=percent: _is_caught(g, p), seed=3)  # type: ignore[misc]
        what = f"{_LOSS_POINTS:g} points of top-1 lost by one variant"
        yield _power(what, f"{percent:g} % of predictions flipped", caught, required.get(percent))


def _is_alarm(generator: Generator, percent: float) -> bool:
    flips = [draw_flips(generator, percent, 0.0) for _ in range(VARIANTS)]
    return any(decision.outcome is Outcome.REGRESSED for decision in decide_flips(flips, _POLICY))


def _is_caught(generator: Generator, percent: float) -> bool:
    """Tell whether the one variant that lost is called regressed, among five that did not."""
    losses = (_LOSS_POINTS, *(0.0 for _ in range(VARIANTS - 1)))
    decisions = decide_flips([draw_flips(generator, percent, loss) for loss in losses], _POLICY)
    return decisions[0].outcome is Outcome.REGRESSED


def _likelihood() -> Iterator[Rate]:
    """Draw differences with long tails: few images, of which some move by much."""

    def draw(generator: Generator, shift_nats: float) -> npt.NDArray[np.float32]:
        normal = generator.standard_normal((2, _LIKELIHOOD_IMAGES), dtype=np.float32)
        return np.asarray(0.1 * normal[0] * normal[1] + shift_nats, dtype=np.float32)

    def regressed(generator: Generator, shifts: tuple[float, ...]) -> tuple[bool, ...]:
        decisions = decide_likelihood([draw(generator, shift) for shift in shifts], _POLICY)
        return tuple(decision.outcome is Outcome.REGRESSED for decision in decisions)

    none = (0.0,) * VARIANTS
    alarms = _count(lambda g: any(regressed(g, none)), seed=4, runs=_LIKELIHOOD_RUNS)
    condition = "10,000 images, differences of 0.1 nats with long tails"
    yield _false_alarm("likelihood unchanged", condition, alarms, _LIKELIHOOD_RUNS)
    lost = (0.005, *none[1:])
    caught = _count(lambda g: regressed(g, lost)[0], seed=5, runs=100)
    yield _power("0.005 nats lost by one variant", condition, caught, 90.0, 100)


def _speed() -> Iterator[Rate]:
    """Draw rounds of 3 % noise with drift and outliers, on two days whose speeds differ by 0.5 %."""
    condition = f"{_ROUNDS} rounds of 3 % noise, drift and outliers"
    alarms = _count(lambda g: any(_is_slower(g, (1.0,) * VARIANTS)), seed=6)
    yield _false_alarm("speed unchanged", condition, alarms)
    one = (_SLOWER, *(1.0 for _ in range(VARIANTS - 1)))
    yield _power("10 % slower, one variant", condition, _count(lambda g: _is_slower(g, one)[0], seed=7), 95.0)


def _is_slower(generator: Generator, speeds: tuple[float, ...]) -> tuple[bool, ...]:
    both = [(_rounds(generator, 1.0), _rounds(generator, speed)) for speed in speeds]
    decisions = decide_rounds(both, Better.HIGHER, _POLICY)
    return tuple(decision.outcome is Outcome.REGRESSED for decision in decisions)


def _rounds(generator: Generator, speed: float) -> list[float]:
    """Draw rounds about `speed`: noise of 3 %, up to 2 % of drift, and 5 % of the rounds slower by 10 to 50 %."""
    day = generator.normal(1.0, 0.005)
    noise = generator.normal(1.0, 0.03, _ROUNDS)
    drift = 1.0 + generator.uniform(-0.02, 0.02) * np.linspace(0.0, 1.0, _ROUNDS)
    outliers = np.where(generator.random(_ROUNDS) < 0.05, generator.uniform(0.5, 0.9, _ROUNDS), 1.0)
    found: list[float] = (speed * day * noise * drift * outliers).tolist()
    return found


def _count(happens: Callable[[Generator], bool], *, seed: int, runs: int = RUNS) -> int:
    generator = np.random.default_rng(seed)
    return sum(bool(happens(generator)) for _ in range(runs))


def _false_alarm(what: str, condition: str, found: int, runs: int = RUNS) -> Rate:
    return Rate(what, condition, found, runs, "false alarm in < 1 %", 100.0 * found / runs < 1.0)


def _power(what: str, condition: str, found: int, least_percent: float | None, runs: int = RUNS) -> Rate:
    if least_percent is None:
        return Rate(what, condition, found, runs, "", True)
    return Rate(
        what, condition, found, runs, f"caught in >= {least_percent:g} %", 100.0 * found / runs >= least_percent
    )


def table(rates: tuple[Rate, ...]) -> str:
    """Return the text of docs/calibration.md."""
    rows = "".join(
        f"| {rate.what} | {rate.condition} | {rate.percent:.1f} % of {rate.runs:,} | {rate.required or 'nothing'} |\n"
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
tests.regression.calibration` measures it again, and so does a test with every change. The models are on the hard side:

- every flipped prediction turns right or wrong, none is one wrong guess for another;
- a true loss is one variant's, so that the correction for six variants works against finding it;
- two runs of the same speed happen on days that differ by 0.5 %; rounds drift by up to 2 %, and one in twenty is
  slower by 10 to 50 %.

Holm's correction goes over the variants of one metric, not over metrics: a check that gates several of them can err in
each, at most as often as their rows together. A smaller `significance` makes all of them stricter, and misses more.

| What happened | Under | Called a regression | Required |
|---|---|--:|---|
"""


def main() -> None:
    """Measure, print and write the table."""
    text = table(measure())
    print(text, end="")  # noqa: T201 - the command's result
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
