"""Which columns of a table hold the images and their labels, and what the labels are called."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pwc_bench.core.errors import SourceError
from pwc_bench.sources._classes import ClassIndex

if TYPE_CHECKING:
    import pyarrow as pa

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
