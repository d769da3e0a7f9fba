"""Small models to measure, and a way to let a gauge run."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from pwc_bench.core.instruments import Examination, Measurements, Settings, Subject
from pwc_bench.core.variant import Recipe, Variant

SIDE_PX = 16


def make_subject(
    build: Callable[[], nn.Module], *, side_px: int = SIDE_PX, batch_size: int = 4, device: str = "cpu"
) -> Subject:
    """A variant that `build` makes, measured at `side_px` pixels."""
    variant = Variant(
        key="tiny",
        title="Tiny",
        family="test",
        build=lambda _classes: build().eval(),
        recipe=Recipe(key="small", resize_px=side_px, crop_px=side_px),
    )

    def fresh() -> nn.Module:
        return build().eval()

    def deploy() -> Callable[[Any], Any]:
        return build().eval().to(device)

    return Subject(variant=variant, settings=Settings(device=device, batch_size=batch_size), fresh=fresh, deploy=deploy)


def run(examination: Examination) -> tuple[list[str], Measurements]:
    """Let a gauge run to its end; return what it announced and what it measured."""
    steps: list[str] = []
    while True:
        try:
            steps.append(next(examination))
        except StopIteration as end:
            measured: Measurements = end.value
            return steps, measured


class Convolutional(nn.Module):
    """One convolution and one linear head: 3 x 16 x 16 -> 8 x 8 x 8 -> 10."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, kernel_size=2, stride=2, bias=False)
        self.head = nn.Linear(8, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, 10)."""
        features = torch.relu(self.stem(images)).mean(dim=(2, 3))
        logits: torch.Tensor = self.head(features)
        return logits


class Attention(nn.Module):
    """Two tokens-by-tokens products over 4 heads of 3 channels, fused or spelled out; 16 x 16 tokens become 256."""

    def __init__(self, *, fused: bool) -> None:
        super().__init__()
        self.fused = fused
        self.to_tokens = nn.Conv2d(3, 36, kernel_size=1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return features of shape (n, 4, 256, 3)."""
        tokens = self.to_tokens(images).flatten(2).unflatten(1, (3, 4, 3)).transpose(-2, -1)
        query, key, value = tokens.unbind(1)
        if self.fused:
            return torch.nn.functional.scaled_dot_product_attention(query, key, value)
        weights = (query @ key.transpose(-2, -1)).softmax(dim=-1)
        out: torch.Tensor = weights @ value
        return out


class TorchAttention(nn.Module):
    """torch's own attention layer, which fuses everything into one operator where it can."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, num_heads=2, batch_first=True)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Attend among the 16 x 16 pixels, each as 8 equal channels."""
        tokens = images.mean(dim=1).flatten(1).unsqueeze(-1).expand(-1, -1, 8)
        out: torch.Tensor = self.attention(tokens, tokens, tokens, need_weights=False)[0]
        return out
