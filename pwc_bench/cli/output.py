"""Where results go: JSON on standard output, a report into a file."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TextIO

from pwc_bench.core.errors import UsageError


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


@contextmanager
def opened_output(output: Path | None) -> Iterator[TextIO]:
    """Give stdout, or a file that takes its name when it is complete. Raises UsageError where it has no folder."""
    if output is None:
        yield sys.stdout
        return
    refuse_unwritable(output)
    if output.exists() and not output.is_file():  # a pipe or a device, which has no content to keep whole
        with output.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    beside = output.with_name(f".{output.name}.writing")
    try:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)


def refuse_unwritable(output: Path) -> None:
    """Raise UsageError where there is no folder for `output`, so that long work need not end with finding that."""
    if not output.parent.is_dir():
        raise UsageError(f"--output {output}: there is no folder {output.parent}")
