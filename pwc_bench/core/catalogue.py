"""The declared parts as one value: what this installation knows how to measure."""

from collections.abc import Mapping
from dataclasses import dataclass

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.metric import Metric
from pwc_bench.core.variant import Variant

__all__ = ["Catalogue"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Variants, data sets and metrics by key, in the order in which they are shown."""

    variants: Mapping[str, Variant]
    datasets: Mapping[str, Dataset]
    metrics: Mapping[str, Metric]
