"""What a campaign has settled by measuring: kept, so that a continued one takes the same and ends in the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pwc_bench.core.measurement import Json


@dataclass(frozen=True, slots=True)
class BatchSize:
    """A batch size that was found."""

    size: int
    facts: Mapping[str, Json]
    """What was measured, as records say it."""


def _unsaved(_: "Choices") -> None:
    """Save nothing: the choices are another process's."""


@dataclass(slots=True)
class Choices:
    """The batch size and the kernels of a campaign. Timing would settle them otherwise on another day."""

    batch_size: BatchSize | None = None
    """None before it is found, and where a person has chosen it."""
    kernels: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    """By variant: what the fused model settled for, as records say it."""
    save: Callable[[Self], None] = field(default=_unsaved, compare=False)
    """Writes them down, whole or not at all."""

    def keep_batch_size(self, found: BatchSize) -> None:
        """Write down the batch size."""
        self.batch_size = found
        self.save(self)

    def keep_kernel(self, variant: str, facts: Mapping[str, Json]) -> None:
        """Write down one variant's kernel."""
        self.kernels[variant] = facts
        self.save(self)

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        found = self.batch_size
        return {
            "batch_size": None if found is None else {"size": found.size, "facts": dict(found.facts)},
            "kernels": {key: dict(facts) for key, facts in self.kernels.items()},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what `as_json` gave. Raises KeyError, TypeError or ValueError where it is something else."""
        found = values["batch_size"]
        size = None if found is None else BatchSize(int(found["size"]), dict(found["facts"]))
        if size is not None and size.size < 1:
            raise ValueError(f"a batch of {size.size} images cannot be")
        return cls(size, {str(key): dict(facts) for key, facts in values["kernels"].items()})
