"""The closing table as text, never wider than 80 columns."""

from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pwc_bench.cli.closing import Closing
from pwc_bench.cli.text import wrapped
from pwc_bench.core.text_forms import one_line

WIDTH = 80
"""The columns that a terminal has when nobody knows better."""


def closing_text(closing: Closing) -> str:
    """Return the table and its notes in plain text, with a line end."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("Variant", overflow="fold", vertical="bottom", min_width=7)
    for column in closing.columns:
        unit = "" if column.unit == column.heading else column.unit
        table.add_column(f"{column.heading}\n{unit}" if unit else f"\n{column.heading}", justify="right", no_wrap=True)
        table.add_column("\nclaim", justify="right", no_wrap=True)
    for row in closing.rows:
        cells = (Text(text) for cell in row.cells for text in (cell.measured, cell.claimed))
        table.add_row(Text(one_line(row.title)), *cells)
    stream = StringIO()
    Console(file=stream, width=WIDTH, color_system=None, legacy_windows=False).print(table)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "\n".join([*lines, "", *(wrapped(note, width=WIDTH) for note in closing.notes)]).rstrip() + "\n"
