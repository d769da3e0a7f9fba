"""Which columns of a table hold the images and their labels, and what the labels are called."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pwc_bench.core.dataset import Dataset
from pwc_bench.core.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa


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


IMAGE_COLUMNS = ("image", "img", "jpg", "jpeg", "png", "webp")
"""The names by which one of several columns of bytes is the images'."""

LABEL_COLUMNS = ("label", "labels", "synset", "wnid", "class", "class_id", "cls", "target", "fine_label")
"""The names by which a column is the labels', the best first."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that matter."""

    image: str
    """Holds an image's bytes, or a struct of `bytes` and `path`."""
    is_struct: bool
    """Whether it holds structs."""
    label: str
    """Holds class identifiers or names, or numbers into `label_of_number`."""
    label_of_number: tuple[int, ...] | None
    """What a number in the label column means, None where the column holds text."""


def find_columns(schema: "pa.Schema", index: ClassIndex, where: str) -> Columns:
    """Find the columns in a schema and in what Hugging Face wrote into its metadata.

    Raises SourceError, beginning with `where`, where there is not exactly one column of images and one of labels, and
    where labels are numbers without names: their order cannot be verified then.
    """
    import pyarrow as pa

    features = {name: feature for name, feature in _features(schema).items() if name in schema.names}
    named = [name for name, feature in features.items() if feature.get("_type") == "ClassLabel"]
    image = _one_of(_image_candidates(schema, features), IMAGE_COLUMNS, "images", where)
    is_struct = pa.types.is_struct(schema.field(image).type)
    candidates = named or [name for name in LABEL_COLUMNS if name in schema.names and name != image][:1]
    label = _one_of(candidates, LABEL_COLUMNS, "labels", where)
    for column in (image, label):
        if schema.names.count(column) > 1:
            raise SourceError(f"{where}: the column {column!r} stands twice; name one otherwise")
    kind = _plain(schema.field(label).type)
    if _is_text(kind) or _is_bytes(kind):
        return Columns(image, is_struct, label, None)
    names = features.get(label, {}).get("names")
    if not pa.types.is_integer(kind) or not names:
        raise SourceError(
            f"{where}: the labels in column {label!r} are without class names, so their order cannot be verified; "
            "use a data set whose labels are synsets or a ClassLabel with names"
        )
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SourceError(f"{where}: the class names of column {label!r} are no list of texts; write the file again")
    return Columns(image, is_struct, label, index.labels_of_names(names, where))


def _plain(kind: "pa.DataType") -> "pa.DataType":
    """Return the type of the values, which a dictionary type (pandas' category) holds once each."""
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return any((pa.types.is_string(kind), pa.types.is_large_string(kind), pa.types.is_string_view(kind)))


def _is_bytes(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    is_plain = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    return any((is_plain, pa.types.is_binary_view(kind), pa.types.is_fixed_size_binary(kind)))


def _features(schema: "pa.Schema") -> Mapping[str, Mapping[str, Any]]:
    """Return the features that Hugging Face wrote into the schema; those that are not plain are left out."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {name: feature for name, feature in features.items() if isinstance(feature, dict)}
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}


def _image_candidates(schema: "pa.Schema", features: Mapping[str, Mapping[str, Any]]) -> list[str]:
    import pyarrow as pa

    declared = [name for name, feature in features.items() if feature.get("_type") == "Image"]
    if declared:
        return declared
    found: list[str] = []
    for field in schema:
        is_image_struct = pa.types.is_struct(field.type) and field.type.get_field_index("bytes") >= 0
        if is_image_struct or _is_bytes(_plain(field.type)):
            found.append(field.name)
    return [name for name in found if name not in LABEL_COLUMNS] or found


def _one_of(candidates: Sequence[str], usual: Sequence[str], what: str, where: str) -> str:
    if len(candidates) == 1:
        return candidates[0]
    for name in usual:
        if name in candidates:
            return name
    if candidates:
        raise SourceError(f"{where}: {what} in any of the columns {', '.join(candidates)}; name one {usual[0]!r}")
    raise SourceError(f"{where}: no column of {what}; a column named {usual[0]!r} is expected")
