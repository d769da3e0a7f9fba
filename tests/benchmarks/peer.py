"""timm's side: its data set, loader and loop, put together as its validation script does."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from timm.data import create_dataset, create_loader, create_transform

from pwc_bench.core.variant import Recipe, Variant

__all__ = ["DTYPES", "PeerPass", "PeerSettings", "timm_loader", "timm_pass", "timm_transform"]

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """The validation script's options."""

    name: str
    """"default" or "tuned"."""
    workers: int = 4
    batch_size: int = 256
    precision: str = "fp32"
    pin_memory: bool = False
    channels_last: bool = False


@dataclass(frozen=True, slots=True)
class PeerPass:
    """One model's pass."""

    load_seconds: float
    """Building the model and reading its weights."""
    pass_seconds: float
    """From the making of the loader to the last result on the host."""
    top5: Mapping[str, NDArray[np.int64]]
    """By the file's name below the folder of class folders."""


def timm_transform(recipe: Recipe) -> Any:  # noqa: ANN401 - a callable from a PIL image to uint8 of shape (3, n, n)
    """Return the transform that timm's loader would run in its workers."""
    return create_transform(
        input_size=recipe.crop_px,
        is_training=False,
        use_prefetcher=True,
        interpolation=recipe.interpolation,
        crop_pct=_crop_pct(recipe),
        mean=recipe.mean,
        std=recipe.std,
    )


def _crop_pct(recipe: Recipe) -> float:
    """Return the share that timm divides by and rounds down; half a pixel more, so that no rounding loses one."""
    return recipe.crop_px / (recipe.resize_px + 0.5)


def timm_loader(root: Path, recipe: Recipe, settings: PeerSettings, device: str) -> tuple[Any, Any]:
    """Return timm's data set over a folder of class folders, and its loader."""
    dataset = create_dataset(name="", root=str(root), split="validation")
    loader = create_loader(
        dataset,
        input_size=(3, recipe.crop_px, recipe.crop_px),
        batch_size=settings.batch_size,
        use_prefetcher=True,
        interpolation=recipe.interpolation,
        mean=recipe.mean,
        std=recipe.std,
        num_workers=settings.workers,
        crop_pct=_crop_pct(recipe),
        pin_memory=settings.pin_memory,
        device=torch.device(device),
        img_dtype=DTYPES[settings.precision],
    )
    return dataset, loader


def timm_pass(
    variant: Variant, weights: Path, classes: int, root: Path, settings: PeerSettings, device: str
) -> PeerPass:
    """Evaluate one model as the validation script does: loss and accuracy of each batch read back at once."""
    began = time.perf_counter()
    model = variant.build(classes)
    model.load_state_dict(load_file(weights))
    layout = torch.channels_last if settings.channels_last else torch.contiguous_format
    model = model.to(device=device, dtype=DTYPES[settings.precision]).to(memory_format=layout).eval()
    loaded = time.perf_counter()
    dataset, loader = timm_loader(root, variant.recipe, settings, device)
    criterion = torch.nn.CrossEntropyLoss().to(device)
    losses, right, found = 0.0, 0.0, []
    with torch.inference_mode():
        for images, labels in loader:
            output = model(images.contiguous(memory_format=layout))
            top5 = output.topk(5, dim=1).indices
            losses += criterion(output, labels).item() * len(labels)
            right += (top5[:, 0] == labels).sum().item()
            found.append(top5)
    guesses = torch.cat(found).cpu().numpy()
    ended = time.perf_counter()
    names = dataset.filenames()
    return PeerPass(loaded - began, ended - loaded, dict(zip(names, guesses, strict=True)))
