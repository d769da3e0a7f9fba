"""A few of the data's own images: what checks of a model look at."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import torch

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.variant import Recipe
from pwc_bench.evaluation.candidate import normalise
from pwc_bench.evaluation.loading import Crops
from pwc_bench.imaging import crops

GUARD_IMAGES = 16
"""The most images on which a fused model is compared with the reference; a small data set takes fewer."""
PRECISION_IMAGES = 256
"""The most images on which a lower precision is compared with fp32."""

_LEAST_GUARD_IMAGES = 4
_IMAGES_PER_GUARD_IMAGE = 50
"""Comparing takes a reference forward for each image: no more than a few hundredths of the pass."""


@dataclass(frozen=True, slots=True)
class CropSample:
    """Crops of images of `source`, decoded once for all variants. Images that cannot be decoded are left out."""

    source: ImageSource
    workers: int
    _decoded: dict[tuple[str, int], Crops | None] = field(default_factory=dict, init=False)
    """By the recipe's hash and the image's index: some 300 crops at the most."""

    def first(self, recipe: Recipe) -> torch.Tensor:
        """Return the first few images' crops, uint8 of shape (n, side, side, 3): one for 50 images, 4 to 16.

        Where not one of them can be decoded it is the next ones; n is 0 where no image can be.
        """
        images = len(self.source.items)
        wanted = min(GUARD_IMAGES, max(_LEAST_GUARD_IMAGES, images // _IMAGES_PER_GUARD_IMAGE), images)
        for start in range(0, images, wanted):
            found, _ = self._crops(recipe, range(start, min(start + wanted, images)))
            if len(found):
                break
        return found

    def spread(self, recipe: Recipe) -> tuple[torch.Tensor, torch.Tensor]:
        """Return crops of up to 256 images spread evenly over the data, and their labels, int64 of shape (n,)."""
        images = len(self.source.items)
        wanted = min(PRECISION_IMAGES, images)
        return self._crops(recipe, [number * images // wanted for number in range(wanted)])

    def whole(self, recipe: Recipe) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the crops of all images, and their labels; those that cannot be decoded are left out."""
        return self._crops(recipe, range(len(self.source.items)))

    def _crops(self, recipe: Recipe, indices: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        missing = [index for index in indices if (recipe.sha256, index) not in self._decoded]
        with ThreadPoolExecutor(self.workers, thread_name_prefix="sample") as pool:
            for index, crop in zip(missing, pool.map(lambda index: self._crop(index, recipe), missing), strict=True):
                self._decoded[recipe.sha256, index] = crop
        decoded = [self._decoded[recipe.sha256, index] for index in indices]
        found = [(crop, index) for crop, index in zip(decoded, indices, strict=True) if crop is not None]
        empty = np.empty((0, recipe.crop_px, recipe.crop_px, 3), np.uint8)
        labels = [self.source.items[index].label for _, index in found]
        stacked = np.stack([crop for crop, _ in found]) if found else empty
        return torch.from_numpy(stacked), torch.tensor(labels, dtype=torch.int64)

    def _crop(self, index: int, recipe: Recipe) -> Crops | None:
        """Decode one image; the pass itself names those that cannot be decoded."""
        try:
            return crops(self.source.read(index), self.source.items[index].name, [recipe])[0]
        except Exception:  # noqa: BLE001  (a source that another package offers may raise anything)
            return None


def normalised(sample: torch.Tensor, recipe: Recipe, device: str) -> torch.Tensor:
    """Return crops as a model takes them: float32 of shape (n, 3, side, side) on `device`."""
    mean, std = (torch.tensor(values, device=device).view(3, 1, 1) for values in (recipe.mean, recipe.std))
    return normalise(sample.to(device), mean, std)


def random_batch(recipe: Recipe, device: str) -> torch.Tensor:
    """Return two images of noise as a model takes them: enough to compare implementations that are only timed."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, 3, recipe.crop_px, recipe.crop_px, generator=generator).to(device)
