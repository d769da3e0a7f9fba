"""Words and sizes as they stand at the terminal."""

import textwrap

import click

from pwc_bench.core.text_forms import one_line, printable

_MINUTE = 60
_HOUR = 60 * _MINUTE


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
