"""A named model configuration: what is measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pwc_bench.core.recipe import Recipe

__all__ = ["Checkpoint", "ModelBuilder", "Variant"]

ModelBuilder = Callable[[int], Any]
"""Takes the number of classes, returns a new `torch.nn.Module` in eval mode, fp32, on the CPU."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place where public weights lie."""

    uri: str
    """"hub:OWNER/NAME" or an https address."""
    licence: str
    """The licence's SPDX name, as the place states it."""
    sha256: str | None = None
    """The pinned hash or its first digits (hexadecimal), None where nobody published one."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A named configuration of a family; the *model* is the torch module that `build` makes."""

    key: str
    """The name on the command line and in paths: "convit-ti-plus"."""
    title: str
    """The paper's name: "ConViT-Ti+"."""
    family: str
    """The key of its family: "convit"."""
    build: ModelBuilder = field(compare=False, repr=False)
    """Makes a new model with random weights."""
    recipe: Recipe
    """How its input is prepared."""
    checkpoints: tuple[Checkpoint, ...] = ()
    """Public weights, the preferred place first; empty where nobody published any."""
    brings_weights: bool = False
    """Whether `build` returns a model that is trained already, as a factory of one's own may."""
    refusal: str | None = None
    """Why it cannot be evaluated as its weights were; `build` then raises it, and `recipe` is nobody's."""
    weights_note: str | None = None
    """Why there are no public weights, as one sentence; None where there are some."""
    architecture: Mapping[str, int | float | str] = field(default_factory=dict)
    """Facts worth showing: heads, embedding dimension, depth, patch size."""
    paper: str | None = None
    """The slug of the paper that introduced it."""
    timm_name: str | None = None
    """The name under which timm knows it, where it does."""
    fuse: Callable[[Any], Any] | None = field(default=None, compare=False, repr=False)
    """Takes a model that `build` made, weights in place, and returns a module that computes the same logits faster,
    for inference only; None where there is no such implementation."""
