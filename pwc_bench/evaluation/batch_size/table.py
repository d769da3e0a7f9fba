"""What was measured of the batch sizes: images/s through all models of a run together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from pwc_bench.evaluation.batch_size.choosing import best_size

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
