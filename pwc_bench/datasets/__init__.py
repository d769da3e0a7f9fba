"""Data sets: a module each, which declares `DATASET`; found by walking this folder."""

import sys

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.errors import UsageError
from pwc_bench.core.parts import by_key, part_modules
from pwc_bench.isolation import offered_parts

__all__ = ["ENTRY_POINT_GROUP", "load_datasets"]

ENTRY_POINT_GROUP = "pwc_bench.datasets"
"""Other installed packages offer a Dataset, or a tuple of them, under this entry-point group."""


def load_datasets() -> dict[str, Dataset]:
    """Return every declared data set by key: ours by module name, then what other packages offer.

    A broken offer is left out with a PluginWarning. Raises DuplicatePartError if two of our modules share a key.
    """
    modules = part_modules(sys.modules[__name__])
    own: dict[str, Dataset] = by_key(((module.DATASET.key, module.DATASET) for module in modules), "data sets")
    return own | offered_parts(ENTRY_POINT_GROUP, _offered_datasets, "data sets", own, "DATASET")


def _offered_datasets(offered: object) -> list[tuple[str, Dataset]]:
    datasets = offered if isinstance(offered, tuple | list) else (offered,)
    for dataset in datasets:
        if not isinstance(dataset, Dataset):
            message = f"it offers {dataset!r}: let it name a Dataset"
            raise UsageError(message)
    return [(dataset.key, dataset) for dataset in datasets]
