"""What a run says while it works: on stderr, so that stdout holds results only."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Self, TextIO

from rich.console import Console
from rich.progress import Progress, ProgressColumn, Task, TextColumn
from rich.progress_bar import ProgressBar
from rich.text import Text

from pwc_bench.cli.text import duration
from pwc_bench.core.observer import Observer
from pwc_bench.core.text_forms import one_line

_REFRESH_SECONDS = 0.1
_BAR_COLUMNS = 12


class QuietObserver:
    """Says what went wrong, one line each, and nothing else: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def stage(self, text: str) -> None:
        """Say nothing of what begins."""

    def progress(self, done: int, total: int, unit: str) -> None:
        """Say nothing of how far it is."""

    def warning(self, text: str) -> None:
        """Write the warning on a line of its own."""
        print(f"warning: {one_line(text)}", file=self._stream, flush=True)


class LiveObserver:
    """Shows the present stage, and how far it is, on one line that is drawn over and over."""

    def __init__(self, console: Console) -> None:
        # No refreshing thread: it would wake up in the middle of a timed round and be measured with it.
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            _Bar(),
            _Counted(),
            console=console,
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, visible=False, unit="")
        self._drawn = 0.0
        self._is_counting = False

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def stage(self, text: str) -> None:
        """Show what begins; the count of the stage before it is gone."""
        shown = _shortened(one_line(text), max(20, self._bar.console.width - 2))
        self._bar.reset(self._task, total=None, visible=True, description=shown, unit="")
        self._is_counting = False
        self._draw()

    def progress(self, done: int, total: int, unit: str) -> None:
        """Show how far it is, how fast it goes and how long it will take."""
        if not self._is_counting:
            # The bar and the figures need their room: the stage's name gets what is left of the line.
            name = _shortened(str(self._bar.tasks[0].description), max(12, self._bar.console.width - 64))
            self._bar.update(self._task, description=name)
            self._is_counting = True
        self._bar.update(self._task, completed=done, total=total, unit=unit)
        if done == total or time.monotonic() - self._drawn >= _REFRESH_SECONDS:
            self._draw()

    def warning(self, text: str) -> None:
        """Write the warning above the line."""
        self._bar.console.print(Text(f"warning: {one_line(text)}", style="yellow"), soft_wrap=True, highlight=False)

    def _draw(self) -> None:
        self._bar.refresh()
        self._drawn = time.monotonic()


class _Bar(ProgressColumn):
    """Draws how much is done; nothing for a stage that counts nothing."""

    def render(self, task: Task) -> ProgressBar | Text:
        if task.total is None:
            return Text("")
        return ProgressBar(total=task.total, completed=task.completed, width=_BAR_COLUMNS)


class _Counted(ProgressColumn):
    """Writes "128/50,000 images, 312 images/s, 2 min 40 s left"; nothing for a stage that counts nothing."""

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text("")
        unit = task.fields["unit"]
        parts = [f"{task.completed:,.0f}/{task.total:,.0f} {unit}"]
        if task.speed is not None:
            parts.append(f"{task.speed:,.0f} {unit}/s" if task.speed >= 10 else f"{task.speed:.1f} {unit}/s")
        if task.time_remaining is not None and not task.finished:
            parts.append(f"{duration(task.time_remaining)} left")
        return Text(", ".join(parts))


@contextmanager
def observing(stream: TextIO | None = None) -> Iterator[Observer]:
    """Give the observer that suits `stream` (stderr by default): a live line for a terminal, else warnings only."""
    target = sys.stderr if stream is None else stream
    console = Console(file=target, soft_wrap=False)
    if not console.is_terminal or console.is_dumb_terminal:
        yield QuietObserver(target)
        return
    with LiveObserver(console) as live:
        yield live


@contextmanager
def results_alone() -> Iterator[TextIO]:
    """Give a stream to standard output for results, and send whatever else is written there to standard error.

    So for prints of models, of native code and of child processes alike: the file descriptor itself is changed, and
    stays so, since a model may still print when the process ends. Only where standard output is no descriptor of this
    process (as in tests) is Python's own stream alone exchanged.
    """
    sys.stdout.flush()
    try:
        is_own = sys.stdout.fileno() == 1
    except (OSError, ValueError):
        is_own = False
    if not is_own:
        results = sys.stdout
        with redirect_stdout(sys.stderr):
            yield results
        return
    kept = os.dup(1)
    os.dup2(2, 1)
    with open(kept, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors, buffering=1) as results:  # noqa: PTH123
        yield results


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
