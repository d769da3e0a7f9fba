"""Forms of text: what may stand in a record, an address of the web, a slug, a table's cell."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TextIO, TypeAlias
from unicodedata import category
from urllib.parse import urlsplit, urlunsplit

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


def shorten(text: str, length: int) -> str:
    """Return `text` on one line, cut at a word's end with an ellipsis where it is longer than `length` characters."""
    line = " ".join(text.split(maxsplit=length // 2 + 1))  # so many words are longer than that, however short they are
    if len(line) <= length:
        return line
    head, _, _ = line[: length - 1].rpartition(" ")
    return (head or line[: length - 1]).rstrip(" ,;:.") + "…"


LONGEST_NAME = 240
"""Characters. A name in a path may have 255 on common file systems, of which an ending like ".svg" needs some."""
_KEPT = 120
"""Characters of a name that is too long; a hash of the whole tells it apart."""


@lru_cache(maxsize=100_000)
def slugify(text: str) -> str:
    """Return `text` in lower-case ASCII words joined by hyphens; "+" becomes "plus".

    Never empty: of a text in another script there is no letter left, and a hash tells it apart ("x-5f0d8ac2").
    """
    plain = unicodedata.normalize("NFKD", text.replace("+", " plus ")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return slug or f"x-{_hash(text)[:8]}"


def shortened(name: str) -> str:
    """Return the slug `name` as a path can hold it: as it is, or its beginning with a hash where it is too long."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:_KEPT].rstrip('-')}-{_hash(name)[:10]}"


def _hash(text: str) -> str:
    import hashlib  # loads OpenSSL, which takes longer than the command line's help

    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


CsvCell: TypeAlias = str | int | float | bool | None

_FORMULA = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*[=+@\uff0b\uff0d\uff1d\uff20-]|[\t\n]"
)
"""What a spreadsheet may run, also behind what it trims: the four signs and their full-width twins."""
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def write_csv_table(stream: TextIO, columns: Sequence[str], rows: Iterable[Iterable[CsvCell]]) -> None:
    """Write a head line and the rows, lines ended with LF: None is an empty field, truth values are those of JSON."""
    import csv

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


_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_secure(address: str) -> bool:
    """Tell whether `address` is an https one, or a plain one of this very machine."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket without its end, letters that become "/"
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def without_secrets(address: str) -> str:
    """Return `address` without user, password, query and fragment, which may hold keys."""
    try:
        parts = urlsplit(address)
    except ValueError:  # nobody can tell where in it a secret stands
        scheme = address.partition("://")[0]
        return f"{scheme}://\N{HORIZONTAL ELLIPSIS}"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


_WHOLE_HOST = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#@]+([/?#]|$)", re.IGNORECASE)


def is_web_address(value: str) -> bool:
    """Tell whether `value` is an http or https address without a user's name, and safe in a page."""
    return WEB.fullmatch(value) is not None


def address_complaint(value: str) -> str | None:
    """Say what keeps `value` from being a web address; None where nothing does."""
    if is_web_address(value):
        return None
    if _WHOLE_HOST.match(value):
        return f"{value!r} holds a character that no web address has: percent-encode it, a host as xn--"
    return f"{value!r} is no web address: it must start with https:// (or http://) and a host's name"
