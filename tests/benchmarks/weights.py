"""Weights that both sides load: seeded random ones, as files."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from pwc_bench.core.text_forms import slugify
from pwc_bench.core.variant import Variant

__all__ = ["seeded_model", "seeded_weights"]


def seeded_model(variant: Variant, classes: int = 1000) -> torch.nn.Module:
    """Build a variant with the same random weights each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model: torch.nn.Module = variant.build(classes)
    return model


def seeded_weights(variant: Variant, folder: Path, classes: int) -> Path:
    """Return the file with a variant's weights, named as `--weights-dir` wants it; written where it is missing."""
    path = folder / f"{slugify(variant.key)}.safetensors"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        state = seeded_model(variant, classes).state_dict()
        save_file({name: tensor.contiguous().clone() for name, tensor in state.items()}, path)
    return path
