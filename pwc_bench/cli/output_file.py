"""`--output FILE`: a file that appears whole or not at all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pwc_bench.core.errors import UsageError


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
