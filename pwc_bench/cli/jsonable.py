"""Values as JSON text: stable keys, nothing that only Python understands."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any


def to_json(value: object) -> Any:  # noqa: ANN401  (JSON: any of its types)
    """Return `value` as JSON values; a field of a dataclass that holds a function is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: to_json(item) for name, item in found.items() if not callable(item)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, str | Path):
        return str(value)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value


def json_text(value: object) -> str:
    """Return `value` as indented JSON, in the order of its fields."""
    return json.dumps(to_json(value), indent=2, ensure_ascii=False, allow_nan=False)
