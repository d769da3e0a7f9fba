r"""What texts of knowledge files look like, as patterns for the parser, the JSON Schema and the browser's form alike.

So each is written in what Python's and JavaScript's (with its flag "u") regular expressions have in common: no \Z, no
named classes, nothing escaped that needs it not.
"""

import re
from unicodedata import category

__all__ = [
    "ARXIV",
    "DATE",
    "KEY",
    "LONGEST_KEY",
    "NAME",
    "PARTIAL_DATE",
    "TEXT",
    "UNWRITABLE",
    "WEB",
    "YEAR",
    "one_line",
    "printable",
    "whole",
    "writable",
]

_UNWRITABLE = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
_INVISIBLE = r"\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
UNWRITABLE = re.compile(f"[{_UNWRITABLE}]")
"""What neither YAML nor XML nor HTML can hold, not even escaped: control characters, halves of surrogate pairs."""
TEXT = re.compile(f"[^{_UNWRITABLE}\\S]*[^{_UNWRITABLE}\\s][^{_UNWRITABLE}]*")
"""Anything that is not blank. No two parts match the same character, so that a long text takes no longer than it is."""
NAME = re.compile(f"[^{_UNWRITABLE}{_INVISIBLE}]+( [^{_UNWRITABLE}{_INVISIBLE}]+)*")
"""Words with one space between, as an imported table's names are read: "top1", "EM", "mAP@0.5", "Top-1 (%)"."""
LONGEST_KEY = 120
"""Characters. Keys become names of folders, alone or two in one, and file systems end at 255."""
KEY = re.compile(rf"(?=.{{1,{LONGEST_KEY}}}$)[a-z0-9]+([._-][a-z0-9]+)*")
ARXIV = re.compile(r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(\.[A-Z]{2})?/[0-9]{7})")
YEAR = re.compile(r"[12][0-9]{3}")
_DAY = (
    r"[0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    r"|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
)
DATE = re.compile(f"(?!0000)({_DAY})")
"""A day of the calendar, from the year 1 on."""
PARTIAL_DATE = re.compile(f"(?!0000)([0-9]{{4}}(-(0[1-9]|1[0-2]))?|{_DAY})")
WEB = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?"
    f"([/?#][^\\s<>\"'`\\\\{_UNWRITABLE}\\x85]*)?"
)
"""A host's name has a dot, to mean the same everywhere; one in other letters stands in its ASCII form (xn--)."""


def whole(pattern: re.Pattern[str]) -> str:
    """Return a pattern that finds nothing but the whole of a text; `$` alone would let a line's end follow."""
    return rf"^({pattern.pattern})(?![\s\S])"


def writable(text: str) -> str:
    """Return `text` with a replacement character for each that no record, XML or HTML holds: files' names do."""
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def printable(text: str) -> str:
    """Return `text` with a replacement character for each that could steer a terminal; ends of lines, spaces stay."""
    return "".join(
        c if c.isprintable() or c == "\n" or category(c) == "Zs" else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def one_line(text: str) -> str:
    """Return `text` on one line, with every character that could steer a terminal replaced."""
    return printable(" ".join(text.split()))
