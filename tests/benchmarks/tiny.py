"""A tiny model for the benchmark's own tests: `--models tests.benchmarks.tiny:TINY`."""

from functools import partial

from pwc_bench.core.variant import Recipe, Variant
from tests.evaluation.tiny import TinyModel

__all__ = ["TINY"]

TINY = Variant(
    key="benchmarked-tiny",
    title="Tiny",
    family="tiny",
    build=partial(TinyModel, 3),
    recipe=Recipe(key="exact-40-32", resize_px=40, crop_px=32),
)
