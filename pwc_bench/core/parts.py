"""Finding parts: the modules of a folder, each with a key of its own."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import TypeVar

from pwc_bench.core.errors import DuplicatePartError

Part = TypeVar("Part")


def part_modules(package: ModuleType) -> Iterator[ModuleType]:
    """Import and yield every module of `package` whose name does not start with "_", by name."""
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        if not info.name.startswith("_"):
            yield importlib.import_module(f"{package.__name__}.{info.name}")


def by_key(parts: Iterable[tuple[str, Part]], what: str) -> dict[str, Part]:
    """Return parts by key in their order. Raises DuplicatePartError where a key is declared twice."""
    found: dict[str, Part] = {}
    for key, part in parts:
        if key in found:
            raise DuplicatePartError(f"two {what} declare the key {key!r}: rename one of them")
        found[key] = part
    return found
