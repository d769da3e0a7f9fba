"""A variant with its weights in place, ready for the pass, or the reason why it is not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from pwc_bench.core.record import Weights
from pwc_bench.core.variant import Variant
from pwc_bench.evaluation.ran import Ran


@dataclass(frozen=True, slots=True)
class Candidate:
    """A variant that takes part in the pass."""

    variant: Variant
    weights: Weights
    logits: Callable[[torch.Tensor], Any]
    """From a normalised batch on the device to float32 logits."""
    ran: Ran = field(default_factory=Ran)
    """Which implementation `logits` is, and what was checked."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A variant that cannot take part."""

    variant: Variant
    weights: Weights
    reason: str
    """One sentence."""
    is_failure: bool
    """Whether it should have taken part: its weights were named or published, and could not be used."""
