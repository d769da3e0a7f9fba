"""Text in columns: widths as a terminal shows them, names cut where there is no room."""

import unicodedata
from collections.abc import Iterator, Sequence

from pwc_bench.core.text_forms import one_line

WIDTH = 80
"""The columns that a terminal has when nobody knows better."""

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def wide(text: str) -> int:
    """Return the columns that a terminal needs for `text`: two for a wide character, none for a combining one."""
    return sum(_columns(character) for character in text)


def clipped(text: str, width: int) -> str:
    """Return `text` in at most `width` columns, its end replaced by an ellipsis where it is longer."""
    if wide(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += _columns(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ELLIPSIS


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` in exactly `width` columns, aligned to the left or to the right."""
    short = clipped(text, width)
    space = " " * (width - wide(short))
    return space + short if right else short + space


def filled(widths: Sequence[int], limits: Sequence[int], room: int) -> tuple[int, ...]:
    """Return `widths` shrunk until they fit into `room`, the widest first, none below its limit."""
    found = list(widths)
    while sum(found) > room:
        candidates = [i for i, (width, limit) in enumerate(zip(found, limits, strict=True)) if width > limit]
        if not candidates:
            break
        found[max(candidates, key=lambda i: (found[i] - limits[i], i))] -= 1
    return tuple(found)


def wrapped(text: str, *, indent: str = "", further: str | None = None) -> list[str]:
    """Return `text` as lines of at most 80 columns; `further` stands before all lines but the first."""
    later = indent if further is None else further
    lines, current, is_empty = [], indent, True
    for word in _pieces(one_line(text), WIDTH - max(wide(indent), wide(later))):
        space = "" if is_empty else " "
        if not is_empty and wide(current) + 1 + wide(word) > WIDTH:
            lines.append(current)
            current, space = later, ""
        current, is_empty = f"{current}{space}{word}", False
    return lines if is_empty else [*lines, current]


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield the words; one that is wider than a line comes in parts."""
    for word in text.split(" "):
        rest = word
        while wide(rest) > width:
            part = clipped(rest, width + 1).removesuffix(ELLIPSIS)
            yield part
            rest = rest[len(part) :]
        if rest:
            yield rest


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
