"""A small world for the evaluation: real JPEG files, three tiny models, eight classes."""

import weakref
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image
from torch import nn

from pwc_bench.core.dataset import Dataset, Item
from pwc_bench.core.errors import ImageError
from pwc_bench.core.instruments import Instrument, Settings
from pwc_bench.core.variant import Recipe, Variant
from pwc_bench.evaluation.request import Request
from pwc_bench.metrics import load_instruments, select

RECIPE = Recipe(key="exact-40-32", resize_px=40, crop_px=32)
WIDE_RECIPE = Recipe(key="exact-36-32", resize_px=36, crop_px=32)
CLASSES = tuple(f"class-{number}" for number in range(8))
ACCURACY = ("top1", "top5", "nll", "throughput_end_to_end")


@dataclass(frozen=True)
class FolderSource:
    """Files of one folder, labelled by their number."""

    folder: Path
    items: tuple[Item, ...] = field(default=())
    spec: str = "test folder"

    def read(self, index: int) -> bytes:
        """Read one file."""
        try:
            return (self.folder / self.items[index].name).read_bytes()
        except OSError as error:
            raise ImageError(f"{self.items[index].name}: {error.strerror}") from None

    def close(self) -> None:
        """Nothing is open."""


def write_images(folder: Path, count: int) -> FolderSource:
    """Write `count` noisy JPEG files of different sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(7)
    items = []
    for number in range(count):
        width, height = random.integers(33, 90, 2)
        pixels = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
        name = f"{number:05d}.jpg"
        Image.fromarray(pixels).save(folder / name, quality=90)
        items.append(Item(name, number % 8))
    return FolderSource(folder, tuple(items))


class TinyModel(nn.Module):
    """Pools to 4 x 4 and classifies linearly; speaks timm's language of heads."""

    def __init__(self, seed: int, classes: int) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.pool = nn.AdaptiveAvgPool2d(4)
            self.head = nn.Linear(48, classes)

    def forward_features(self, batch: torch.Tensor) -> torch.Tensor:
        """Return features of shape (n, 48)."""
        return self.pool(batch).flatten(1)  # type: ignore[no-any-return]

    def forward_head(self, features: torch.Tensor, pre_logits: bool = False) -> torch.Tensor:
        """Return logits, or the features where `pre_logits`."""
        return features if pre_logits else self.head(features)

    def get_classifier(self) -> nn.Module:
        """Return the head."""
        return self.head

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, classes)."""
        return self.forward_head(self.forward_features(batch))


class JealousModel(TinyModel):
    """Fits on the device only where no other of its kind is."""

    there: ClassVar["weakref.WeakSet[JealousModel]"] = weakref.WeakSet()

    def to(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401  (torch's own signature)
        """Move, where there is room."""
        if set(JealousModel.there) - {self}:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        JealousModel.there.add(self)
        return super().to(*arguments, **named)


class ShyModel(TinyModel):
    """Fits beside others of its kind, and answers only where it is by itself; the `bold` one answers always."""

    there: ClassVar["weakref.WeakSet[ShyModel]"] = weakref.WeakSet()
    bold = 1

    def __init__(self, seed: int, classes: int) -> None:
        super().__init__(seed, classes)
        self.seed = seed
        ShyModel.there.add(self)

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return logits."""
        if self.seed != self.bold and set(ShyModel.there) - {self}:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().forward(batch)


def variant_of(model: type[TinyModel], key: str, seed: int, recipe: Recipe = RECIPE) -> Variant:
    """A variant that builds such a model."""
    return replace(tiny_variant(key, seed, recipe), build=partial(_built, model, seed))


def _built(model: type[TinyModel], seed: int, classes: int) -> TinyModel:
    return model(seed, classes).eval()


@dataclass(frozen=True)
class CountingSource(FolderSource):
    """Notes what is read."""

    read_indices: list[int] = field(default_factory=list)

    def read(self, index: int) -> bytes:
        """Read one file, and note it."""
        self.read_indices.append(index)
        return super().read(index)


def tiny_variant(key: str = "tiny-a", seed: int = 1, recipe: Recipe = RECIPE) -> Variant:
    """A variant that builds a TinyModel."""
    return Variant(
        key=key,
        title=key.title(),
        family="tiny",
        build=lambda classes: TinyModel(seed, classes).eval(),
        recipe=recipe,
        weights_note="Nobody has published weights of it.",
    )


def tiny_dataset(expected_images: int) -> Dataset:
    """Eight classes."""
    return Dataset(
        key="tiny",
        title="Tiny",
        classes=CLASSES,
        class_names=CLASSES,
        expected_images=expected_images,
        description="For tests.",
    )


def save_weights(folder: Path, *variants: Variant, scale: float = 50.0) -> dict[str, str]:
    """Write a checkpoint for each variant with far-apart logits; return what --weights would name."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {}
    for variant in variants:
        model = variant.build(8)
        with torch.no_grad():
            model.head.weight.mul_(scale)
        path = folder / f"{variant.key}.pth"
        torch.save(model.state_dict(), path)
        named[variant.key] = str(path)
    return named


def tiny_request(root: Path, source: FolderSource, *variants: Variant, **changes: object) -> Request:
    """A request for the accuracy of `variants` on `source`."""
    values: dict[str, object] = {
        "variants": variants,
        "dataset": tiny_dataset(len(source.items)),
        "source": source,
        "instruments": metrics_named(*ACCURACY),
        "settings": Settings(batch_size=4, workers=2),
        "workspace": root / "work",
        "folder": root / "results",
        "cache": root / "cache",
    }
    if "weights" not in changes:
        values["weights"] = save_weights(root / "weights", *variants)
    return Request(**(values | changes))  # type: ignore[arg-type]


def metrics_named(*keys: str) -> tuple[Instrument, ...]:
    """The instruments of these metrics."""
    return select(load_instruments(), keys)
