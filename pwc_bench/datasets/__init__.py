"""Data sets: a module each, which declares `DATASET`; found by walking this folder."""

import sys

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.errors import UsageError
from pwc_bench.core.parts import by_key, offered_parts, part_modules

__all__ = ["ENTRY_POINT_GROUP", "load_datasets"]

ENTRY_POINT_GROUP = "pwc_bench.datasets"
"""Other installed packages offer a Dataset, or a tuple of them, under this entry-point group."""


def load_datasets() -> dict[str, Dataset]:
    """Return every declared data set by key: ours by module name, then what other packages offer.

    Raises DuplicatePartError where a key is declared twice, UsageError where an entry point offers something else.
    """
    declared: list[Dataset] = [module.DATASET for module in part_modules(sys.modules[__name__])]
    for offered in offered_parts(ENTRY_POINT_GROUP):
        declared.extend(_offered_datasets(offered))
    return by_key(((dataset.key, dataset) for dataset in declared), "data sets")


def _offered_datasets(offered: object) -> tuple[Dataset, ...]:
    datasets = offered if isinstance(offered, tuple) else (offered,)
    for dataset in datasets:
        if not isinstance(dataset, Dataset):
            message = f"the entry-point group {ENTRY_POINT_GROUP} offers {dataset!r}: let it name a Dataset"
            raise UsageError(message)
    return datasets
