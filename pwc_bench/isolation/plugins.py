"""What other installed packages offer. A broken offer is named with its package and left out; the rest works."""

import sys
import warnings
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from types import ModuleType
from typing import TypeVar

from pwc_bench.core.errors import DuplicatePartError, PluginWarning, PwcBenchError, UsageError
from pwc_bench.core.parts import by_key
from pwc_bench.isolation.containment import contained

Part = TypeVar("Part")


def offered_parts(
    group: str,
    read: Callable[[object], Iterable[tuple[str, Part]]],
    what: str,
    taken: Collection[str],
    declared_as: str,
) -> dict[str, Part]:
    """Return by key what other packages offer under the entry-point group `group`, by the entry points' names.

    An entry point names parts themselves, or a module like ours, which declares them by the name `declared_as`.
    `read` turns what an entry point names into parts with their keys, and raises PwcBenchError for what is none.
    Nobody may offer a key that is `taken`, or that another one offers. Each offer that fails is told by a
    PluginWarning and left out.
    """
    found: dict[str, Part] = {}
    for point in sorted(_entry_points(group, tuple(sys.path)), key=lambda each: each.name):
        try:
            parts = contained(lambda point=point: by_key(read(_offered(point, declared_as)), what))  # type: ignore[misc]
            for key in parts:
                if key in found or key in taken:
                    raise DuplicatePartError(f"the key {key!r} is taken")
        except PwcBenchError as error:
            reason = f"the plug-in {_name(point)} is left out: {error}"
            warnings.warn(reason, PluginWarning, stacklevel=2)
        else:
            found |= parts
    return found


@lru_cache
def _entry_points(group: str, search_path: tuple[str, ...]) -> EntryPoints:  # noqa: ARG001 - what the answer depends on
    """Return the entry points of a group; to find them, the metadata of all that is installed are read."""
    return entry_points(group=group)


def _offered(point: EntryPoint, declared_as: str) -> object:
    loaded = point.load()
    if not isinstance(loaded, ModuleType):
        return loaded
    if not hasattr(loaded, declared_as):
        raise UsageError(f"the module {loaded.__name__} declares no {declared_as}")
    return getattr(loaded, declared_as)


def _name(point: EntryPoint) -> str:
    distribution = "of no distribution" if point.dist is None else f"of {point.dist.name} {point.dist.version}"
    return f"{distribution} (entry point {point.name} = {point.value}, group {point.group})"
