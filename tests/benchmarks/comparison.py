"""Two sides measured in turns, and how many times as good one of them is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from pwc_bench.core.measurement import Json
from pwc_bench.core.metric import Better
from pwc_bench.statistics import bootstrap_statistic

__all__ = ["Comparison", "LeftOut", "in_turns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What both sides reached in the same rounds."""

    section: str
    what: str
    """One line: what was measured, of which models and settings."""
    unit: str
    ours: tuple[float, ...]
    """One value a round."""
    theirs: tuple[float, ...]
    better: Better = Better.HIGHER
    against: str = "timm"
    """Who the other side is."""
    facts: Mapping[str, Json] = field(default_factory=dict)
    """What explains it."""
    note: str | None = None
    """What a reader must know beside the ratio, such as how many top-5 agree."""

    @property
    def ratio(self) -> float:
        """Return how many times as good ours is: the quotient of the medians, above 1 where ours is better."""
        quotient = median(self.ours) / median(self.theirs)
        return quotient if self.better is Better.HIGHER else 1.0 / quotient

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the ratio's 95 % bootstrap interval over the rounds, which stay paired; None for a single round."""
        if len(self.ours) < 2:
            return None
        low, high = bootstrap_statistic([self.ours, self.theirs], _quotient_of_medians)
        return (low, high) if self.better is Better.HIGHER else (1.0 / high, 1.0 / low)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was not measured, and why."""

    section: str
    reason: str


def in_turns(
    rounds: int, ours: Callable[[], float], theirs: Callable[[], float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Call both once a round, the first one in turns, and return what each gave."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        turns = [(found[0], ours), (found[1], theirs)]
        for values, side in turns if number % 2 == 0 else reversed(turns):
            values.append(side())
    return tuple(found[0]), tuple(found[1])


def _quotient_of_medians(ours: Any, theirs: Any) -> Any:  # noqa: ANN401 - numpy arrays of shape (..., n)
    return np.median(ours, axis=-1) / np.median(theirs, axis=-1)
