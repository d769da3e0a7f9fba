"""What every section of the benchmark is given."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pwc_bench.core.instruments import Settings
from pwc_bench.core.variant import Variant
from tests.benchmarks.files import Files

__all__ = ["Bench", "Stopwatch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The files, the models, the machine's settings, and how much time there is."""

    files: Files
    models: str
    """As typed."""
    variants: Sequence[Variant]
    settings: Settings
    """Device, batch size and decode threads; the precision is each section's."""
    precisions: Sequence[str]
    images_are_asked_for: bool
    """Whether the number of images was given, so that no section takes fewer to save time."""
    rounds: int
    """How often each side has its turn, where time allows."""
    seconds: float
    """About how long one comparison may take."""
    scratch: Path
    """A folder for weights and results that nobody keeps."""
    results: Path
    """The folder of records."""
    name: str
    """Of this run: files under results/ are called by it."""
    say: Callable[[str], None]
    """Tells the reader what happens now."""


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Return the seconds so far."""
        return time.perf_counter() - self._began
