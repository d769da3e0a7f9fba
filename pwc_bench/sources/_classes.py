"""From what a store calls a class to its label: by class identifier, or by a readable name that can mean only one."""

import re
from collections.abc import Sequence

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.errors import SourceError

VERIFIED_FRACTION = 0.99
"""The part of the names that must stand at their own place before the order of all is trusted."""


class ClassIndex:
    """Looks labels up in a data set's classes."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._by_id = {class_id: label for label, class_id in enumerate(dataset.classes)}
        self._by_name = _unique(dataset.class_names)
        self._by_folded = _unique([_folded(name) for name in dataset.class_names])

    def label(self, class_id: str) -> int | None:
        """Return the label of a class identifier, None for an unknown one."""
        return self._by_id.get(class_id)

    def known_label(self, class_id: str, where: str) -> int:
        """Return the label of a class identifier. Raises SourceError, beginning with `where`, for an unknown one."""
        label = self._by_id.get(class_id)
        if label is None:
            raise SourceError(f"{where}: {class_id!r} is no class of {self.dataset.key} ({self.example})")
        return label

    @property
    def example(self) -> str:
        """Say what class identifiers look like."""
        return f"they are named like {self.dataset.classes[0]}"

    def label_of_text(self, text: str) -> int | None:
        """Return the label of a class identifier or of a readable name that only one class has.

        A name may be a list of synonyms ("tench, Tinca tinca"), of which the first counts.
        """
        first_word = text.split(maxsplit=1)[0] if text.split() else ""
        for label in (self._by_id.get(text), self._by_id.get(first_word), self._by_name.get(_first_synonym(text))):
            if label is not None:
                return label
        return self._by_folded.get(_folded(text))

    def labels_of_names(self, names: Sequence[str], where: str) -> tuple[int, ...]:
        """Return the label that each of a store's class names means, in their order.

        Names in the data set's own order are taken in that order, if all but a few equal ours and none of those few
        means another class: so names that two classes share do no harm. Else each must mean one class by itself.
        Raises SourceError, beginning with `where`, for a name that means none or two, and two that mean the same.
        """
        labels = [self.label_of_text(name) for name in names]
        if self._is_our_order(names, labels):
            return tuple(range(len(names)))
        known: dict[int, str] = {}
        for name, label in zip(names, labels, strict=True):
            if label is None:
                raise SourceError(
                    f"{where}: the class name {name!r} does not mean exactly one class of {self.dataset.key}, and the "
                    f"names are not in its order; name the classes by their identifiers ({self.example})"
                )
            if label in known:
                raise SourceError(
                    f"{where}: the class names {known[label]!r} and {name!r} both mean {self.dataset.classes[label]}"
                )
            known[label] = name
        return tuple(known)

    def _is_our_order(self, names: Sequence[str], labels: Sequence[int | None]) -> bool:
        if len(names) != len(self.dataset.classes):
            return False
        equal = 0
        for place, (name, label) in enumerate(zip(names, labels, strict=True)):
            if label == place or _folded(name) == _folded(self.dataset.class_names[place]):
                equal += 1
            elif label is not None:
                return False
        return equal >= VERIFIED_FRACTION * len(names)


def _unique(names: Sequence[str]) -> dict[str, int]:
    """Return the label of each name that one class alone has."""
    found: dict[str, int] = {}
    shared: set[str] = set()
    for label, name in enumerate(names):
        if name in found:
            shared.add(name)
        found[name] = label
    return {name: label for name, label in found.items() if name not in shared}


def _first_synonym(text: str) -> str:
    return " ".join(text.split(",", maxsplit=1)[0].replace("_", " ").split())


def _folded(text: str) -> str:
    """Return a name without case, underscores, synonyms, and the number that tells namesakes apart ("crane2")."""
    return re.sub(r"(?<=[a-z])\d+$", "", _first_synonym(text).casefold())
