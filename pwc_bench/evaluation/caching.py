"""The crop cache of a campaign, where one was asked for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pwc_bench.core.observer import Observer
from pwc_bench.core.source import ImageSource
from pwc_bench.evaluation.candidate import Candidate
from pwc_bench.evaluation.request import Request
from pwc_bench.imaging import CropCache, open_crop_cache

__all__ = ["crop_cache"]


@contextmanager
def crop_cache(
    request: Request, source: ImageSource, candidates: Sequence[Candidate], observer: Observer
) -> Iterator[CropCache | None]:
    """Open the cached crops of `source` for all recipes of `candidates`; None where none are kept."""
    if request.crop_cache_bytes is None or not candidates:
        yield None
        return
    recipes = tuple({c.variant.recipe.sha256: c.variant.recipe for c in candidates}.values())
    folder = request.cache / "crops"
    with open_crop_cache(folder, source, recipes, request.crop_cache_bytes, observer.warning) as cache:
        yield cache
