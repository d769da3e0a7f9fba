"""Values as plain text: tables, and nested fields a line each."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

import click

from pwc_bench.claims.facts import in_order
from pwc_bench.core.measurement import Json
from pwc_bench.core.text_forms import one_line

_UNBROKEN = 10_000


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[str] = frozenset()) -> None:
    """Print `rows` below `columns`; those named in `right` are aligned to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, width=_UNBROKEN, color_system=None)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if column in right else "left", overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


_MANY = 12
"""A list of plain values that is longer than this is shortened."""


def readable(value: Json, indent: str = "") -> Iterator[str]:
    """Yield the lines of `value`: "name: text", nested ones below their name, two columns further in.

    What is not known or empty is left out; JSON says it.
    """
    if isinstance(value, Mapping):
        for name, item in in_order(value):
            # An operator's own name may end in "_", and is no field of ours.
            yield from _named(name if name.endswith("_") else name.replace("_", " "), item, indent)
    elif _is_list(value):
        for number, item in enumerate(value, start=1):
            yield from _named(str(number), item, indent)
    else:
        yield f"{indent}{_plain(value)}"


def _named(name: str, item: Json, indent: str) -> Iterator[str]:
    if item is None or item in ((), [], {}):
        return
    if isinstance(item, Mapping) or (_is_list(item) and not _is_flat(item)):
        yield f"{indent}{name}:"
        yield from readable(item, indent + "  ")
    elif _is_list(item):
        shown = ", ".join(_plain(part) for part in item[:_MANY])
        more = f" and {len(item) - _MANY:,} more" if len(item) > _MANY else ""
        yield f"{indent}{name}: {shown}{more}"
    else:
        yield f"{indent}{name}: {_plain(item)}"


def _is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_flat(items: Sequence[Json]) -> bool:
    return all(not isinstance(item, Mapping) and not _is_list(item) for item in items)


def _plain(value: Json) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else one_line(str(value))
