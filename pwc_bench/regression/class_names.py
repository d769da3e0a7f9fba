"""The names of classes, for people who look at single images."""

from collections import Counter
from dataclasses import dataclass, field

from pwc_bench.core.dataset import Dataset


@dataclass(frozen=True, slots=True)
class ClassNames:
    """Identifiers and readable names in label order; either may be shorter than the labels that occur."""

    identifiers: tuple[str, ...] = ()
    """The synsets or folder names."""
    names: tuple[str, ...] = ()
    _ambiguous: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        counted = Counter(self.names)
        object.__setattr__(self, "_ambiguous", frozenset(name for name, count in counted.items() if count > 1))

    @staticmethod
    def of(dataset: Dataset | None) -> "ClassNames":
        """Return a data set's names; none for a data set that nobody declares, whose labels then speak."""
        return ClassNames() if dataset is None else ClassNames(dataset.classes, dataset.class_names)

    def identifier(self, label: int) -> str:
        """Return a class's identifier: "n01440764", or "class 17" where there is none."""
        return self.identifiers[label] if 0 <= label < len(self.identifiers) else f"class {label}"

    def name(self, label: int) -> str:
        """Return the readable name of a class, its identifier where there is none."""
        found = self.names[label] if 0 <= label < len(self.names) else ""
        return found or self.identifier(label)

    def unique_name(self, label: int) -> str:
        """Return the readable name, with the identifier where another class has the same one (two are "crane")."""
        name = self.name(label)
        return f"{name} ({self.identifier(label)})" if name in self._ambiguous else name
