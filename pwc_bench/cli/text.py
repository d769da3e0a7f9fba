"""Words, sizes and values as text: at the terminal, and as JSON for programs."""

import json
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TextIO

import click

from pwc_bench.core.errors import UsageError
from pwc_bench.core.text_forms import one_line, printable

_MINUTE = 60
_HOUR = 60 * _MINUTE

ABSENT = "–"  # noqa: RUF001  (an en dash, as in print: nothing here)


def say(text: str, *, err: bool = False) -> None:
    """Print words for people, in which no name of a file or a campaign steers the terminal."""
    click.echo(printable(text), err=err)


def plural(count: int, noun: str) -> str:
    """Return "1 image", "50,000 images"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def file_size(size_bytes: float) -> str:
    """Return a size in the largest binary unit that leaves at least 1: "4.0 MiB"."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size_bytes < 1024:
            return f"{size_bytes:.0f} {unit}" if unit == "bytes" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} TiB"


def duration(seconds: float) -> str:
    """Return a duration in at most two units: "45 s", "3 min 20 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def wrapped(text: str, *, width: int = 80, first: str = "", indent: str = "  ") -> str:
    """Return `text` wrapped to `width` columns: `first` stands before it, `indent` before its further lines."""
    return textwrap.fill(
        one_line(text),
        width=width,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


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
