"""A named configuration of a model, and the recipe by which its images are prepared."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CROP_MODES = ("center", "squash")
"""timm's names for how an image becomes a square: its shorter side is resized, or each of its sides."""
CONFIGURATIONS = ("test", "train")
"""timm states two sizes and crops for many weights: those that its validate.py takes, and those of the training."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Pixels in, crop out. The pixels decide accuracy, so a recipe's hash belongs to every record.

    The exact recipe is PIL's: convert to RGB, resize with antialiased bicubic, crop the centre; equal pixel for pixel
    to torchvision's `Resize` and `CenterCrop` on a PIL image.
    """

    key: str
    """A short name: "exact-256-224" or the like."""
    resize_px: int = 256
    """The length of the shorter side after resizing; of both sides if `crop_mode` is "squash"."""
    crop_px: int = 224
    """The side of the square centre crop."""
    interpolation: str = "bicubic"
    """The name of PIL's filter; always antialiased, as PIL does it."""
    mean: tuple[float, float, float] = IMAGENET_MEAN
    """Subtracted from each of R, G, B after scaling to [0, 1]."""
    std: tuple[float, float, float] = IMAGENET_STD
    """Each of R, G, B is divided by this afterwards."""
    exact: bool = True
    """Whether the crops equal PIL's; only an exact recipe makes a record of accuracy."""
    max_resized_pixels: int = 64_000_000
    """An image whose resized form has more pixels than this is refused by name."""
    crop_mode: str = "center"
    """One of CROP_MODES."""
    configuration: str | None = field(default=None, compare=False)
    """Which of CONFIGURATIONS it is; None if only one recipe was stated. It decides no pixel, so neither
    hash nor equality."""

    @property
    def sha256(self) -> str:
        """The hash of everything that decides the pixels, as 64 hexadecimal digits."""
        decisive = asdict(self)
        del decisive["configuration"]
        if self.crop_mode == "center":  # so that the hashes of records from before there were others stay
            del decisive["crop_mode"]
        text = json.dumps(decisive, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def description(self) -> str:
        """The pixels in words: "shorter side to 256 px (bicubic, antialiased), centre crop of 224 px"."""
        resized = "shorter side" if self.crop_mode == "center" else "each side"
        exactness = "" if self.exact else "; not exact"
        return (
            f"{resized} to {self.resize_px} px ({self.interpolation}, antialiased), "
            f"centre crop of {self.crop_px} px{exactness}"
        )

    @staticmethod
    def for_crop_fraction(crop_px: int, fraction: float) -> "Recipe":
        """Return the exact recipe that crops `fraction` of the shorter side, as timm's `crop_pct` means it."""
        resize_px = math.floor(crop_px / fraction)
        return Recipe(key=f"exact-{resize_px}-{crop_px}", resize_px=resize_px, crop_px=crop_px)


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
