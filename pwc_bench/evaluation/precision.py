"""Which predictions a lower precision changes: the deployed model beside the fp32 reference, image by image."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from pwc_bench.core.instruments import Settings
from pwc_bench.core.measurement import Json
from pwc_bench.evaluation.guard import exact_products

_MOST_AT_ONCE = 32
"""Images of a reference forward: fp32 takes twice the memory of what the batch size was chosen for."""


def is_below_fp32(settings: Settings) -> bool:
    """Tell whether products are computed in less than fp32, TF32 included."""
    return settings.precision != "fp32" or settings.tf32


def reference_classes(model: nn.Module, batch: Tensor) -> Tensor:
    """Return the best class of each image, int64 of shape (n,) on the host, in fp32 proper.

    `model` is an fp32 reference on the device of `batch`, float32 of shape (n, 3, side, side).
    """
    with exact_products():
        return best_classes(model, batch, _MOST_AT_ONCE)


def best_classes(forward: Callable[[Tensor], Tensor], batch: Tensor, at_once: int) -> Tensor:
    """Return the best class of each image by `forward`, int64 of shape (n,) on the host."""
    with torch.inference_mode():
        # Copies: a model that writes into its input must not change what the next one is shown.
        parts = [forward(part.clone()).argmax(dim=1).cpu() for part in torch.split(batch, at_once)]
    return torch.cat(parts) if parts else torch.empty(0, dtype=torch.int64)


def flip_facts(settings: Settings, wanted: Tensor, found: Tensor, labels: Tensor) -> Mapping[str, Json]:
    """Return what a record says of the classes `found` beside the `wanted` ones of fp32; all of shape (n,)."""
    changed = wanted != found
    return {
        "precision": settings.precision + (" with TF32" if settings.tf32 else ""),
        "images": len(wanted),
        "flips": int(changed.sum()),
        "no_longer_right": int((changed & (wanted == labels)).sum()),
        "newly_right": int((changed & (found == labels)).sum()),
        "input": "images spread evenly over the data",
    }
