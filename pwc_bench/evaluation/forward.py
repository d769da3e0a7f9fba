"""Running a model on a batch, in smaller pieces where memory runs out: no image is lost and none is seen twice."""

from dataclasses import dataclass, field

import torch

from pwc_bench.core.errors import EvaluationError
from pwc_bench.core.observer import Observer
from pwc_bench.evaluation.candidate import Candidate
from pwc_bench.evaluation.memory import free_memory, is_out_of_memory
from pwc_bench.evaluation.outcome import NOT_FINITE, OutcomeBuffer
from pwc_bench.isolation import contained


@dataclass(slots=True)
class Forward:
    """Runs every candidate on every batch, and remembers what each can take."""

    observer: Observer
    seconds: float | None = None
    """What one call of a model may take."""
    broken: dict[str, str] = field(default_factory=dict)
    """Variants that failed, and why."""
    too_large: set[str] = field(default_factory=set)
    """Those of them that ran out of memory with a single image."""
    _trusted: set[str] = field(default_factory=set, init=False)
    """Variants whose first outputs were finite: looking waits for the device, so it is done once."""
    pieces: dict[str, int] = field(default_factory=dict)
    """The most images at once, of variants that ran out of memory with more."""

    def run(self, candidate: Candidate, pixels: torch.Tensor, labels: torch.Tensor, buffer: OutcomeBuffer) -> None:
        """Add the outcomes of `pixels` (n, 3, side, side) to `buffer`, in order, or note why that is impossible."""
        name, start = candidate.variant.key, 0
        while start < len(labels) and name not in self.broken:
            stop = start + min(self.pieces.get(name, len(labels)), len(labels) - start)
            if self._add(candidate, pixels[start:stop], labels[start:stop], buffer):
                start = stop
            elif name not in self.broken:
                # Only now: while the error was handled, its traceback held what the model had allocated.
                self._halve(candidate, stop - start)

    def _add(self, candidate: Candidate, pixels: torch.Tensor, labels: torch.Tensor, buffer: OutcomeBuffer) -> bool:
        """Add the outcomes; False where memory ran out, or where the variant is now broken."""
        name = candidate.variant.key

        def forward() -> None:
            with torch.inference_mode():
                # A copy of its own: a model may write into its input, and the next one needs the same pixels.
                logits = candidate.logits(pixels.clone())
                if name not in self._trusted and not bool(torch.isfinite(logits).all()):
                    raise EvaluationError(NOT_FINITE)
                buffer.add(logits, labels)

        try:
            contained(forward, self.seconds)
        except EvaluationError as error:
            if not is_out_of_memory(error):
                self.broken[name] = f"the forward pass failed: {error}"
            return False
        self._trusted.add(name)
        return True

    def _halve(self, candidate: Candidate, images: int) -> None:
        name, title = candidate.variant.key, candidate.variant.title
        free_memory()
        if images == 1:
            self.too_large.add(name)
            self.broken[name] = "out of memory with a single image: free the device, or choose a smaller --precision"
            return
        self.pieces[name] = images // 2
        self.observer.warning(f"{title}: out of memory with {images} images at once; going on with {images // 2}")
