"""Runs in processes of their own that are killed at the moment a test names, however slow the machine is."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.forked import Forked

__all__ = ["Telling", "kill_at"]


class Telling:
    """Tells each stage, and how many images are done, and goes on only when somebody answers with a line."""

    def stage(self, text: str) -> None:
        """Tell it."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        sys.stdin.readline()

    def progress(self, done: int, total: int, unit: str) -> None:
        """Tell it."""
        self.stage(str(done))

    def warning(self, text: str) -> None:
        """Nobody is told."""


def kill_at(code: str, root: Path, is_moment: Callable[[str], bool], *, times: int = 1) -> None:
    """Run `code`, which is given `root` and tells with `Telling`; kill it when `is_moment` holds for the last time."""
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    with (
        os.fdopen(ours_in) as told,
        os.fdopen(ours_out, "w") as answers,
        Forked(["-c", code, str(root)], stdin=theirs_in, stdout=theirs_out) as process,
    ):
        os.close(theirs_in)
        os.close(theirs_out)
        for line in told:
            times -= is_moment(line.strip())
            if times == 0:
                break
            answers.write("\n")
            answers.flush()
        assert times == 0
        assert process.poll() is None
        process.kill()
