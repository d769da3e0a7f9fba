"""The crops of a round on disk: in the user's crop cache, or for the campaign's further rounds alone."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pwc_bench.core.dataset import ImageSource
from pwc_bench.core.observer import Observer
from pwc_bench.core.variant import Recipe
from pwc_bench.evaluation.processes import Seat
from pwc_bench.evaluation.request import Request
from pwc_bench.imaging import CropCache, open_crop_cache


@dataclass(slots=True)
class RoundCrops:
    """Where one round finds and keeps crops, for all of its recipes.

    The threads that decode call `read` and `write`; whoever learns that a further round is needed calls `keep`, also
    while they work.
    """

    folder: Path
    source: ImageSource
    recipes: Sequence[Recipe]
    limit_bytes: int | None
    """What the user lets a crop cache take; None for a temporary one, which only the disk bounds."""
    images: int
    """How many images this folder gets crops of."""
    observer: Observer
    _keeps: bool = field(default=False, init=False)
    _cache: CropCache | None = field(default=None, init=False)
    _was_tried: bool = field(default=False, init=False)
    _open: ExitStack = field(default_factory=ExitStack, init=False)

    @property
    def is_keeping(self) -> bool:
        """Tell whether crops that are made now are written down."""
        return self._keeps and self._cache is not None and self._cache.is_keeping

    def keep(self) -> bool:
        """Write down what is made from now on; False where there is no room for it, of which the user is warned."""
        self.open()
        self._keeps = True
        return self.is_keeping

    def open(self) -> None:
        """Read what is there."""
        if self._was_tried:
            return
        self._was_tried = True
        self._cache = self._open.enter_context(
            open_crop_cache(
                self.folder, self.source, self.recipes, self.limit_bytes, self.observer.warning, images=self.images
            )
        )

    def read(self, index: int, targets: Sequence[NDArray[np.uint8]]) -> bool:
        """Copy the crops of image `index`; False where not all recipes have one (`targets` then hold anything)."""
        return self._cache is not None and self._cache.read(index, targets)

    def write(self, index: int, made: Sequence[NDArray[np.uint8]]) -> None:
        """Keep the crops of image `index`, if they are wanted and while there is room."""
        if self._keeps and self._cache is not None:
            self._cache.write(index, made)

    def close(self) -> None:
        """Close the files; they stay where they are."""
        self._open.close()


@contextmanager
def round_crops(
    request: Request, source: ImageSource, seat: Seat, recipes: Sequence[Recipe], observer: Observer
) -> Iterator[RoundCrops]:
    """Open the crops of one round.

    Those of a crop cache that was asked for are kept. Without one there are those that an earlier round of this
    campaign has kept, if any, in the campaign's own folder: they go with it.
    """
    limit, place = request.crop_cache_bytes, seat.crew.place
    # A process that shares the first one's folder shares its file too, and the room is needed for all of them.
    images = len(range(place.rank, len(source.items), place.world_size)) if seat.sends else len(source.items)
    if limit is None:
        crops = RoundCrops(seat.crops, source, recipes, None, images, observer)
        if seat.crops.is_dir():
            crops.open()
    else:
        crops = RoundCrops(request.cache / "crops", source, recipes, limit, len(source.items), observer)
        crops.keep()
    try:
        yield crops
    finally:
        crops.close()
