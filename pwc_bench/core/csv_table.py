"""Comma-separated values that a spreadsheet opens as what they are: no text of a stranger's runs as a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO, TypeAlias

__all__ = ["CsvCell", "disarmed", "write_csv_table"]

CsvCell: TypeAlias = str | int | float | bool | None

_FORMULA = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*[=+@\uff0b\uff0d\uff1d\uff20-]|[\t\n]"
)
"""What a spreadsheet may run, also behind what it trims: the four signs and their full-width twins."""
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def write_csv_table(stream: TextIO, columns: Sequence[str], rows: Iterable[Iterable[CsvCell]]) -> None:
    """Write a head line and the rows, lines ended with LF: None is an empty field, truth values are those of JSON."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_field(cell) for cell in row] for row in rows)


def disarmed(text: str) -> str:
    """Return `text` as no spreadsheet takes it for a formula: an apostrophe stands before it, unless it is a number.

    templates/assets/save.js has the same rule.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")  # the writer does not quote a lone carriage return
    return f"'{lines}" if _FORMULA.match(lines) and not _NUMBER.fullmatch(lines) else lines


def _field(cell: CsvCell) -> CsvCell:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return disarmed(cell) if isinstance(cell, str) else cell
