"""What an evaluation is asked to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from pwc_bench.core.dataset import Dataset, ImageSource
from pwc_bench.core.instruments import Instrument, Settings
from pwc_bench.core.measurement import Json
from pwc_bench.core.variant import Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything that decides what a campaign measures. Holds no database and no console."""

    variants: tuple[Variant, ...]
    """The variants, in the order in which they are reported."""
    dataset: Dataset
    """What the images are."""
    source: ImageSource
    """Where the images lie."""
    train_source: ImageSource | None = None
    """For the demo: the images on which the probes are fitted."""
    instruments: tuple[Instrument, ...]
    """The meters and gauges of the metrics that are wanted."""
    settings: Settings
    """Device, precision, batch size."""
    finds_batch_size: bool = False
    """Whether the best batch size is to be found by measuring. That of `settings` is then the usual one, from which it
    departs for a clear gain only."""
    workspace: Path
    """A folder for the shards of unfinished passes."""
    folder: Path
    """The folder of the database: predictions go to `predictions/` below it."""
    cache: Path
    """A folder for downloaded weights and the like."""
    campaign: str | None = None
    """The campaign's name; None for one made from the date."""
    weights: Mapping[str, str] = field(default_factory=dict)
    """Weights named by the user: variant key -> path, https address or "hub:ID"."""
    weights_folder: Path | None = None
    """A folder with files named after variant keys."""
    limit: int | None = None
    """Evaluate this many images, spread evenly over the data; None for all."""
    quiet_budget_seconds: float = 0.0
    """What timing may spend on waiting for a quiet machine and on repeating what was disturbed."""
    compare_implementations: bool = False
    """Measure the speed of the reference too, beside each fused implementation."""
    crop_cache_bytes: int | None = None
    """Keep crops below `cache` for later passes, of this size at the most; None for no crop cache."""
    model_seconds: float | None = None
    """The seconds that one step of a model's own code may take; None for any time."""
    fresh: bool = False
    """Start anew even where an interrupted campaign could be continued."""
    note: str | None = None
    """A remark that is kept with each record."""
    command: str | None = None
    """The command line that was typed."""

    @property
    def is_timed(self) -> bool:
        """Whether any gauge measures time."""
        return any(instrument.gauge and instrument.is_timed for instrument in self.instruments)

    @property
    def looks_at_images(self) -> bool:
        """Whether any meter watches a pass over the images."""
        return any(instrument.meter for instrument in self.instruments)

    def with_batch_size(self, size: int) -> Self:
        """Return this request with another number of images a batch."""
        return replace(self, settings=replace(self.settings, batch_size=size))


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
