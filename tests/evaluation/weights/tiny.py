"""Small models and observers for the tests of weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from pwc_bench.core.variant import Checkpoint, Recipe, Variant


class Tiny(nn.Module):
    """Five tensors and timm's way of naming the head."""

    def __init__(self, classes: int = 10, width: int = 4) -> None:
        super().__init__()
        self.stem = nn.Linear(3, width)
        self.norm = nn.BatchNorm1d(width)
        self.head = nn.Linear(width, classes)

    def get_classifier(self) -> nn.Module:
        """Return the head, as timm's models do."""
        return self.head

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, 3) to (n, classes)."""
        out: Tensor = self.head(self.norm(self.stem(x)))
        return out


def tiny_state(*, classes: int = 10, width: int = 4) -> dict[str, Tensor]:
    """Return the state of a Tiny with weights of its own."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(classes * 100 + width)
        return dict(Tiny(classes, width).eval().state_dict())


def tiny_variant(*checkpoints: Checkpoint, key: str = "tiny", build: Callable[[int], nn.Module] = Tiny) -> Variant:
    """Return a variant of Tiny with these public checkpoints."""
    return Variant(
        key=key, title="Tiny", family="tiny", build=build, recipe=Recipe(key="exact-256-224"), checkpoints=checkpoints
    )


class Listener:
    """Remembers what a run says."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.warnings: list[str] = []
        self.steps: list[tuple[int, int, str]] = []

    def stage(self, text: str) -> None:
        """Remember what begins."""
        self.stages.append(text)

    def progress(self, done: int, total: int, unit: str) -> None:
        """Remember how far it is."""
        self.steps.append((done, total, unit))

    def warning(self, text: str) -> None:
        """Remember what went wrong."""
        self.warnings.append(text)
