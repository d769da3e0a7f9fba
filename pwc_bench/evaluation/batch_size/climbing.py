"""Climbing the ladder of batch sizes: what is timed, how often, and when it ends."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from pwc_bench.core.errors import EvaluationError
from pwc_bench.evaluation.deploy import free_memory, is_out_of_memory
from pwc_bench.isolation import contained

MARGIN = 0.02
"""Of the sizes within this share of the fastest, the smallest is taken: it needs the least memory."""
HOLD = 0.05
"""The usual size stays within this share of the fastest. It is the tolerance of `throughput`: what `check` would not
call a change must not make two records incomparable."""


def best_size(images_per_second: Mapping[int, float], usual: int | None = None) -> int:
    """Return the batch size to use, of those measured (size -> images/s; at least one).

    It is `usual` where that is within HOLD of the fastest, else the smallest within MARGIN of the fastest. Speeds are
    compared between equal batch sizes only, so a size is given up for a clear gain and not for the noise of a day.
    """
    fastest = max(images_per_second.values())
    if usual is not None and images_per_second.get(usual, 0.0) >= (1.0 - HOLD) * fastest:
        return usual
    return min(size for size, rate in images_per_second.items() if rate >= (1.0 - MARGIN) * fastest)


END = "the largest size was reached"
FAILS = "a model fails with a larger one"
GAIN = "a larger one gained too little"
MEMORY = "a larger one would leave too little memory"
TIME = "the time for it was over"


@dataclass(frozen=True, slots=True)
class BatchTable:
    """The measured batch sizes. One size serves all models, so that their seconds per image are added up."""

    images_per_second: Mapping[int, float]
    """By size: one over the sum of all models' seconds per image."""
    timed: Sequence[str]
    """The variants that were timed at every size, the lightest first."""
    scaled: Sequence[str]
    """Heavier ones, timed at the smallest size alone: taken to gain what the last of `timed` gains."""
    stopped: str
    """Why no larger size was tried: END, FAILS, GAIN, MEMORY or TIME."""

    @classmethod
    def of(
        cls, seconds: Mapping[str, Mapping[int, float]], timed: Sequence[str], scaled: Sequence[str], stopped: str
    ) -> Self:
        """Add up seconds of a forward (variant -> size -> seconds); all of `timed` have the same sizes."""
        model = seconds[timed[-1]]
        first = min(model)
        burden = sum(seconds[key][first] for key in scaled) / model[first]
        rates = {}
        for size in sorted(model):
            total = sum(seconds[key][size] for key in timed) + burden * model[size]
            rates[size] = size / max(total, 1e-12)
        return cls(rates, tuple(timed), tuple(scaled), stopped)

    def tells(self, usual: int) -> bool:
        """Tell whether something is known: not so where the time was over before the usual size could be tried."""
        return self.stopped != TIME or usual in self.images_per_second

    def choose(self, usual: int) -> int:
        """Return the size to use: the `usual` one where nothing is known."""
        return best_size(self.images_per_second, usual) if self.tells(usual) else usual

    def near(self, share: float, usual: int) -> list[int]:
        """Return the sizes of at least this share of the fastest's speed, and the usual one where it was tried."""
        fastest = max(self.images_per_second.values())
        return [s for s, rate in self.images_per_second.items() if rate >= share * fastest or s == usual]


LEAST_GAIN = 1.02
"""Above the usual size the climb goes on while a step makes the models so many times as fast."""
_FORWARDS = 2
"""Forwards at each size; the faster one counts, so that what the first one prepares, or a neighbour, does not."""
_REFINING_ROUNDS = 2
_CLOSE = 0.9
"""Sizes of at least this share of the fastest are looked at again, in turn."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The sizes that are tried, and the time for them."""

    sizes: tuple[int, ...]
    """In rising order."""
    budget_seconds: float
    """Of forwards. Up to the usual size twice as much may be spent."""


CPU_LADDER = Ladder((1, 2, 4, 8, 16, 32, 64), budget_seconds=5.0)
CUDA_LADDER = Ladder((16, 32, 64, 128, 256, 512, 1024), budget_seconds=3.0)


@dataclass(frozen=True, slots=True)
class Timed:
    """One model that can be timed."""

    key: str
    """The variant's key."""
    seconds: Callable[[int], float]
    """Runs one forward of so many images, and returns the seconds that it took. May raise what a model raises."""
    limit_seconds: float | None = None
    """What one forward may take."""


@dataclass(slots=True)
class _Times:
    """The least seconds of a forward, by model and size, and what all forwards together took."""

    least: dict[str, dict[int, float]] = field(default_factory=dict)
    spent_seconds: float = 0.0

    def take(self, model: Timed, size: int, forwards: int = 1) -> None:
        """Time some forwards. Raises EvaluationError if the model fails."""
        for _ in range(forwards):
            seconds = contained(partial(model.seconds, size), model.limit_seconds)
            self.spent_seconds += seconds
            own = self.least.setdefault(model.key, {})
            own[size] = min(seconds, own.get(size, seconds))

    def predicted(self, models: Sequence[Timed], size: int) -> float:
        """Return about what a forward of all `models` at `size` will take, going by the largest size so far."""
        return sum(size * self.least[m.key][largest] / largest for m in models for largest in [max(self.least[m.key])])

    def forget(self, size: int) -> None:
        """Drop a size that cannot be used."""
        for own in self.least.values():
            own.pop(size, None)


def climb(
    models: Sequence[Timed], ladder: Ladder, usual: int, has_room: Callable[[], bool] = lambda: True
) -> BatchTable | None:
    """Time `models` at rising batch sizes; None where not one of them runs.

    Every model is timed at the smallest size. Then the lightest ones go up the ladder, as many as the budget affords,
    and the others are taken to gain what the heaviest of these gains. (Measured on two cores with the six ConViTs: the
    heavier the model, the flatter its curve around the best size, so what suits the light ones costs the heavy ones
    at most 2 %; timing ConViT-B+ at 32 alone would take 14 s.) Sizes near the best are timed again in turn, so that a
    busy moment does not decide. The climb ends where a step above `usual` gains little, where memory runs out or
    `has_room` says that too little of it is left, or with the budget.
    """
    times = _Times()
    alive: list[Timed] = []
    for model in models:
        if alive and times.spent_seconds > ladder.budget_seconds / 2:
            break  # a slow or a busy machine: what is known by now must do
        if _runs(times, model, ladder.sizes[0]):
            alive.append(model)
    if not alive:
        return None
    alive.sort(key=lambda model: times.least[model.key][ladder.sizes[0]])
    followed = list(_affordable(times, alive, ladder, usual))
    stopped = _ascend(times, followed, ladder, usual, has_room)
    table = BatchTable.of(times.least, [m.key for m in followed], [m.key for m in alive[len(followed) :]], stopped)
    if _refine(times, followed, ladder, table, usual):
        table = BatchTable.of(times.least, table.timed, table.scaled, stopped)
    return table


def _runs(times: _Times, model: Timed, size: int) -> bool:
    try:
        times.take(model, size, _FORWARDS)
    except EvaluationError as error:  # the run will meet it again, and tell
        times.least.pop(model.key, None)
        if is_out_of_memory(error):
            free_memory()
        return False
    return True


def _affordable(times: _Times, models: Sequence[Timed], ladder: Ladder, usual: int) -> Iterator[Timed]:
    """Yield the lightest models whose climb to just above the usual size fits the budget: one at the least."""
    images = _FORWARDS * sum(size for size in ladder.sizes if size <= 2 * usual)
    left = ladder.budget_seconds - times.spent_seconds
    for number, model in enumerate(models):
        left -= images / ladder.sizes[0] * times.least[model.key][ladder.sizes[0]]
        if number and left < 0:
            return
        yield model


def _ascend(times: _Times, models: Sequence[Timed], ladder: Ladder, usual: int, has_room: Callable[[], bool]) -> str:
    """Time `models` at one size after the other, and say why there are no more."""
    fastest = _rate(times, models, ladder.sizes[0])
    for size in ladder.sizes[1:]:
        limit = ladder.budget_seconds * (2.0 if size <= usual else 1.0)
        if times.spent_seconds + _FORWARDS * times.predicted(models, size) > limit:
            return TIME
        obstacle = _try(times, models, size, has_room)
        if obstacle is not None:
            times.forget(size)
            free_memory()
            return obstacle
        rate = _rate(times, models, size)
        if size > usual and rate < LEAST_GAIN * fastest:
            return GAIN
        fastest = max(fastest, rate)
    return END


def _try(times: _Times, models: Sequence[Timed], size: int, has_room: Callable[[], bool]) -> str | None:
    """Time `models` at one size, in turn; say why that is impossible where it is."""
    try:
        for _ in range(_FORWARDS):
            for model in models:
                times.take(model, size)
    except EvaluationError as error:
        return MEMORY if is_out_of_memory(error) else FAILS
    return None if has_room() else MEMORY


def _rate(times: _Times, models: Sequence[Timed], size: int) -> float:
    return size / max(sum(times.least[model.key][size] for model in models), 1e-12)


def _refine(times: _Times, models: Sequence[Timed], ladder: Ladder, table: BatchTable, usual: int) -> bool:
    """Time the sizes near the best once more, in turn, while the budget lasts; tell whether there was any time."""
    close = table.near(_CLOSE, usual)
    refined = False
    for _ in range(_REFINING_ROUNDS):
        cost = sum(times.least[model.key][size] for model in models for size in close)
        if len(close) < 2 or times.spent_seconds + cost > ladder.budget_seconds:
            break
        for size in close:
            for model in models:
                times.take(model, size)
        refined = True
    return refined
